using System.CommandLine;
using AdapterHub.Cli.Hub;
using AdapterHub.Protocol.Hub.Client;

namespace AdapterHub.Cli.Verbs;

/// <summary>--hub, for every verb that may speak with one.</summary>
internal sealed class HubFlag
{
    private readonly Option<string?> _hub = Flag.Text("--hub", "URL", $"the hub (default: {HubAddress.HubVariable}, else that of the last login, else {HubAddress.Default})");

    public FlagGroup Group => new("Hub", [_hub]);

    public Uri Address(Invocation invocation, HubLogins logins) => HubAddress.Choose(invocation.Get(_hub), logins);

    /// <summary>With the token of the login at that hub, or of the environment; as nobody where there is none.</summary>
    public HubClient Connect(Invocation invocation)
    {
        var logins = HubLogins.Read(Environment.GetEnvironmentVariable);
        var hub = Address(invocation, logins);
        return new HubClient(hub, HubAddress.FindToken(hub, logins));
    }
}
