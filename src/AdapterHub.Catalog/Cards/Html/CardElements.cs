using System.Collections.Frozen;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>The elements and attributes that a card's author may use. Everything else is left out.</summary>
internal static class CardElements
{
    public static readonly FrozenSet<string> Void = FrozenSet.ToFrozenSet(["br", "hr", "img", "input", "wbr"]);

    /// <summary>They flow inside a line; the others begin a block and end a paragraph.</summary>
    public static readonly FrozenSet<string> Inline = FrozenSet.ToFrozenSet(
    [
        "a", "abbr", "b", "bdi", "br", "cite", "code", "del", "dfn", "em", "i", "img", "input", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small",
        "span", "strong", "sub", "sup", "u", "var", "wbr",
    ]);

    public static readonly FrozenSet<string> Block = FrozenSet.ToFrozenSet(
    [
        "blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "summary",
        "ul",
    ]);

    public static readonly FrozenSet<string> Table = FrozenSet.ToFrozenSet(["table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"]);

    /// <summary>Left out with all that is inside them.</summary>
    public static readonly FrozenSet<string> Opaque = FrozenSet.ToFrozenSet(
    [
        "script", "style", "iframe", "noembed", "noframes", "noscript", "xmp", "textarea", "title", "plaintext", "template", "svg", "math", "object", "applet", "select",
        "canvas", "frameset",
    ]);

    /// <summary>Old elements, read as what replaced them.</summary>
    public static readonly FrozenDictionary<string, string> Renamed = new Dictionary<string, string>
    {
        ["center"] = "div",
        ["strike"] = "del",
        ["tt"] = "code",
        ["font"] = "span",
        ["big"] = "span",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Everywhere = FrozenSet.ToFrozenSet(["id", "class", "title", "dir", "lang"]);

    private static readonly FrozenDictionary<string, string[]> Own = new Dictionary<string, string[]>
    {
        ["a"] = ["href", "name"],
        ["img"] = ["src", "alt", "width", "height", "align"],
        ["input"] = ["type", "checked"],
        ["ol"] = ["start", "type", "reversed"],
        ["li"] = ["value"],
        ["details"] = ["open"],
        ["table"] = ["align"],
        ["tr"] = ["align"],
        ["td"] = ["align", "colspan", "rowspan", "style"],
        ["th"] = ["align", "colspan", "rowspan", "scope", "style"],
        ["p"] = ["align"],
        ["div"] = ["align"],
        ["h1"] = ["align"],
        ["h2"] = ["align"],
        ["h3"] = ["align"],
        ["h4"] = ["align"],
        ["h5"] = ["align"],
        ["h6"] = ["align"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool Allows(string element) => Inline.Contains(element) || Block.Contains(element) || Table.Contains(element);

    public static bool Allows(string element, string attribute) =>
        Everywhere.Contains(attribute) || (Own.TryGetValue(element, out var own) && own.Contains(attribute, StringComparer.Ordinal));

    /// <summary>Every element and every attribute that is allowed somewhere.</summary>
    public static (HashSet<string> Elements, HashSet<string> Attributes) All() =>
        ([.. Inline, .. Block, .. Table], [.. Everywhere, .. Own.Values.SelectMany(names => names).Where(name => name != "style")]);
}
