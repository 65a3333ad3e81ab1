using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>The attributes that an element of a card keeps, each with a value of a known form.</summary>
internal sealed partial class CardAttributes(CardAnchors anchors)
{
    private const string LanguagePrefix = "language-";

    private static readonly HashSet<string> Classes = new(StringComparer.Ordinal)
    {
        "contains-task-list", "task-list-item", "footnotes", "footnote-ref", "footnote-back-ref", "markdown-alert", "markdown-alert-title", "markdown-alert-note",
        "markdown-alert-tip", "markdown-alert-important", "markdown-alert-warning", "markdown-alert-caution",
    };

    /// <summary>What any element may have.</summary>
    public IEnumerable<(string Name, string? Value)> Common(IElement element) => [("id", Id(element)), .. CommonButId(element)];

    public IEnumerable<(string Name, string? Value)> CommonButId(IElement element) => [("class", ClassOf(element)), .. Words(element)];

    public IEnumerable<(string Name, string? Value)> CommonButClass(IElement element) => [("id", Id(element)), .. Words(element)];

    /// <summary>What only some elements have. Targets, boxes and buttons are written elsewhere.</summary>
    public IEnumerable<(string Name, string? Value)> Own(IElement element) => element.LocalName switch
    {
        "img" => [("width", Size(element, "width")), ("height", Size(element, "height"))],
        "ol" => [("start", Checked(element, "start", Integer())), ("type", Checked(element, "type", Numbering())), ("reversed", Switch(element, "reversed"))],
        "li" => [("value", Checked(element, "value", Integer()))],
        "details" => [("open", Switch(element, "open"))],
        "td" => Spans(element),
        "th" => [.. Spans(element), ("scope", Checked(element, "scope", Scope()))],
        _ => [],
    };

    /// <summary>The author's id or name with the prefix, once in a card; null if there is none.</summary>
    public string? Id(IElement element) => (element.GetAttribute("id") ?? element.GetAttribute("name")) is { } id ? anchors.Take(id) : null;

    /// <summary>Pixels or a percentage.</summary>
    public static string? Size(IElement element, string attribute) => Checked(element, attribute, Sizes());

    /// <summary>The language of a block of code, in lower case.</summary>
    public static string? Language(IElement code) =>
        code.ClassList.FirstOrDefault(name => LanguageClass().IsMatch(name))?[LanguagePrefix.Length..].ToLowerInvariant();

    private static IEnumerable<(string Name, string? Value)> Words(IElement element) =>
        [("title", element.GetAttribute("title")), ("dir", Checked(element, "dir", Direction())), ("lang", Checked(element, "lang", LanguageTag()))];

    private static IEnumerable<(string Name, string? Value)> Spans(IElement element) =>
        [("colspan", Checked(element, "colspan", Span())), ("rowspan", Checked(element, "rowspan", Span()))];

    private static string? ClassOf(IElement element)
    {
        var names = (element.GetAttribute("class") ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(Classes.Contains).Distinct().ToList();
        if (element.GetAttribute("align")?.Trim().ToLowerInvariant() is { } side and ("left" or "center" or "right"))
            names.Add($"align-{side}");
        return names.Count == 0 ? null : string.Join(' ', names);
    }

    private static string? Switch(IElement element, string attribute) => element.HasAttribute(attribute) ? "" : null;

    private static string? Checked(IElement element, string attribute, Regex form) =>
        element.GetAttribute(attribute)?.Trim() is { } value && form.IsMatch(value) ? value : null;

    [GeneratedRegex(@"\Alanguage-[A-Za-z0-9+#_.-]{1,30}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageClass();

    [GeneratedRegex(@"\A(ltr|rtl|auto)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Direction();

    [GeneratedRegex(@"\A[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex LanguageTag();

    [GeneratedRegex(@"\A[0-9]{1,4}(%|px)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Sizes();

    [GeneratedRegex(@"\A-?[0-9]{1,6}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A[0-9]{1,2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Span();

    [GeneratedRegex(@"\A(row|col|rowgroup|colgroup)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Scope();

    [GeneratedRegex(@"\A[1aAiI]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Numbering();
}
