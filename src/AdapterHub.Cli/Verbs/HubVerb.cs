using AdapterHub.Cli.Hub;
using AdapterHub.Protocol.Hub.Client;

namespace AdapterHub.Cli.Verbs;

/// <summary>A verb that speaks with a hub.</summary>
internal abstract class HubVerb(string name, string summary) : Verb(name, summary)
{
    private readonly HubFlag _hub = new();

    protected FlagGroup HubFlags => _hub.Group;

    protected Uri Address(Invocation invocation, HubLogins logins) => _hub.Address(invocation, logins);

    /// <summary>With the token of the login at that hub, or of the environment; as nobody where there is none.</summary>
    protected HubClient Connect(Invocation invocation) => _hub.Connect(invocation);
}
