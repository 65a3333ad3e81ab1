using AngleSharp.Html.Dom;
using Ganss.Xss;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>The second gate: the library's allow-list over the parsed tree, so that no fault of <see cref="TagSoup"/> alone lets anything through.</summary>
internal static class CardSanitizer
{
    private static readonly HtmlSanitizer Sanitizer = Build();

    /// <summary>A document whose body holds what is allowed. Safe to call from several threads.</summary>
    public static IHtmlDocument Sanitize(string html) => Sanitizer.SanitizeDom(html);

    private static HtmlSanitizer Build()
    {
        var (elements, attributes) = CardElements.All();
        return new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = elements,
            AllowedAttributes = attributes,
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto" },
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "src" },
            AllowedCssProperties = new HashSet<string>(),
            AllowDataAttributes = false,
        });
    }
}
