namespace AdapterHub.Web.Components.Layout;

/// <summary>What js/theme.js wrote: the theme that was shown last, and whether the reader or the system chose it.</summary>
/// <param name="Shown"><c>light</c> or <c>dark</c>; null before the first visit, when only the browser knows.</param>
/// <param name="Choice"><c>light</c>, <c>dark</c> or <c>auto</c>.</param>
public sealed record ThemeCookie(string? Shown, string? Choice)
{
    public const string Name = "adapterhub-theme";

    public static ThemeCookie Read(HttpRequest request) => request.Cookies[Name] switch
    {
        "light" => new("light", "light"),
        "dark" => new("dark", "dark"),
        "auto-light" => new("light", "auto"),
        "auto-dark" => new("dark", "auto"),
        _ => new(null, null),
    };
}
