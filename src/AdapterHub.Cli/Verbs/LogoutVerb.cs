using AdapterHub.Cli.Hub;

namespace AdapterHub.Cli.Verbs;

/// <summary>Forgets the token of a hub. The token itself stays in force until it is revoked.</summary>
internal sealed class LogoutVerb() : HubVerb("logout", "forgets the token of a hub")
{
    public override IReadOnlyList<FlagGroup> Groups => [HubFlags];

    protected override Task<int> RunAsync(Invocation invocation)
    {
        var logins = HubLogins.Read(Environment.GetEnvironmentVariable);
        var hub = HubAddress.Key(Address(invocation, logins));
        invocation.Terminal.Out.WriteLine(logins.Forget(hub)
            ? $"Forgot the token of {hub}. It works until it is revoked: {hub}/settings/tokens"
            : $"There was no token of {hub}.");
        return Task.FromResult(ExitCode.Ok);
    }
}
