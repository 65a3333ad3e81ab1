using AdapterHub.Worker;

namespace AdapterHub.Cli.Hub;

/// <summary>Which hub a verb speaks with, and as whom.</summary>
internal static class HubAddress
{
    public const string Default = "http://localhost:5080";
    public const string HubVariable = "ADAPTERHUB_HUB";
    public const string TokenVariable = "ADAPTERHUB_TOKEN";

    /// <summary>The flag, else the environment, else the last login, else this machine's.</summary>
    public static Uri Choose(string? flag, HubLogins logins)
    {
        var text = flag ?? (Environment.GetEnvironmentVariable(HubVariable) is { Length: > 0 } variable ? variable : null) ?? logins.Current ?? Default;
        if (!text.Contains("://", StringComparison.Ordinal))
            text = "http://" + text;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/'))
            : throw new RunInputException($"{text} is no address of a hub. One looks like {Default} or https://hub.example.org.");
    }

    /// <summary>As logins are kept: without a closing slash.</summary>
    public static string Key(Uri hub) => hub.AbsoluteUri.TrimEnd('/');

    /// <summary>The environment's token, else the one of a login at this hub.</summary>
    public static string? FindToken(Uri hub, HubLogins logins) =>
        Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } variable ? variable : logins.FindToken(Key(hub));
}
