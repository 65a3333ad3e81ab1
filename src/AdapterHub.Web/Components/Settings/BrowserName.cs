namespace AdapterHub.Web.Components.Settings;

/// <summary>"Firefox on Linux" out of a User-Agent: enough to know one's own browsers again.</summary>
internal static class BrowserName
{
    // In this order: browsers name those that they descend from, too.
    private static readonly (string Sign, string Name)[] Browsers =
        [("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("HeadlessChrome/", "Chrome"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

    private static readonly (string Sign, string Name)[] Systems =
        [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    public static string Of(string? userAgent)
    {
        var browser = Find(Browsers, userAgent) ?? "A browser";
        return Find(Systems, userAgent) is { } system ? $"{browser} on {system}" : browser;
    }

    private static string? Find((string Sign, string Name)[] known, string? text) =>
        text is null ? null : known.FirstOrDefault(one => text.Contains(one.Sign, StringComparison.Ordinal)).Name;
}
