using System.CommandLine;
using AdapterHub.Cli.Hub;
using AdapterHub.Cli.Output;
using AdapterHub.Protocol.Hub;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>Keeps a token for a hub, after the hub has accepted it.</summary>
internal sealed class LoginVerb() : HubVerb("login", "keeps an API token for a hub, for push, pull and search")
{
    private readonly Option<string?> _token = Flag.Text("--token", "TOKEN", "the token (default: asked for, or read from standard input; a token in a command line stays in the shell's history)");

    public override IReadOnlyList<FlagGroup> Groups => [HubFlags, new("Token", [_token])];

    public override IReadOnlyList<string> Examples => ["adapterhub login --hub http://localhost:5080", "adapterhub login < token.txt"];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var logins = HubLogins.Read(Environment.GetEnvironmentVariable);
        var hub = Address(invocation, logins);
        var token = (invocation.Get(_token) ?? Ask(invocation.Terminal, hub)).Trim();
        if (token.Length == 0 || token.Any(c => !char.IsAscii(c) || char.IsWhiteSpace(c) || char.IsControl(c)))
            throw new RunInputException($"That is no token. Make one at {HubAddress.Key(hub)}/settings/tokens; it begins with ah_.");
        using var client = new HubClient(hub, token);
        var identity = await client.WhoAmIAsync(invocation.Stop).ConfigureAwait(false);
        logins.Keep(HubAddress.Key(hub), token);
        if (invocation.IsJson)
            invocation.WriteJson(new HubLogin(HubAddress.Key(hub), identity));
        else
            invocation.Terminal.Out.WriteLine($"Logged in to {HubAddress.Key(hub)} as {identity.Name}; the token {WhoamiVerb.Permits(identity)}.");
        return ExitCode.Ok;
    }

    private static string Ask(Terminal terminal, Uri hub)
    {
        if (Console.IsInputRedirected)
            return Console.In.ReadLine() ?? "";
        terminal.Error.Write($"Token for {HubAddress.Key(hub)} (make one at {HubAddress.Key(hub)}/settings/tokens; it is not shown): ");
        var token = new System.Text.StringBuilder();
        for (ConsoleKeyInfo key; (key = Console.ReadKey(intercept: true)).Key != ConsoleKey.Enter;)
        {
            if (key.Key == ConsoleKey.Backspace && token.Length > 0)
                token.Length--;
            else if (!char.IsControl(key.KeyChar))
                token.Append(key.KeyChar);
        }

        terminal.Error.WriteLine();
        return token.ToString();
    }
}

/// <summary>A login as JSON.</summary>
internal sealed record HubLogin(string Hub, HubIdentity Identity);
