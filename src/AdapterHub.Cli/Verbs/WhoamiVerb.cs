using AdapterHub.Cli.Hub;
using AdapterHub.Cli.Output;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Cli.Verbs;

/// <summary>Asks the hub whose token it is.</summary>
internal sealed class WhoamiVerb() : HubVerb("whoami", "says as whom this machine is logged in to a hub")
{
    public override IReadOnlyList<FlagGroup> Groups => [HubFlags];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        using var client = Connect(invocation);
        var identity = await client.WhoAmIAsync(invocation.Stop).ConfigureAwait(false);
        if (invocation.IsJson)
        {
            invocation.WriteJson(new HubLogin(HubAddress.Key(client.Hub), identity));
            return ExitCode.Ok;
        }

        invocation.Terminal.WritePairs(
        [
            ("hub", HubAddress.Key(client.Hub)), ("account", identity.Name + (identity.IsAdministrator ? ", an administrator" : "")), ("token", Permits(identity)),
            ("may publish under", identity.Owners.Count == 0 ? "nothing" : string.Join(", ", identity.Owners.Select(owner => owner.Name))),
        ]);
        return ExitCode.Ok;
    }

    public static string Permits(HubIdentity identity) => identity.Scope == HubScope.Read ? "reads" : "reads and writes";
}
