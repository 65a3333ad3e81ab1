using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AdapterHub.Catalog.Cards;

/// <summary>Writes values as block YAML that readers of YAML 1.1 and 1.2 take alike.</summary>
internal static partial class CardYamlText
{
    /// <summary>One entry with its line end: <c>key: value</c>, or the key and its items below it.</summary>
    public static string Entry(string key, CardValue value, string newLine)
    {
        var text = new StringBuilder();
        WriteEntry(text, key, value, 0, newLine);
        return text.ToString();
    }

    /// <summary>One item of a list with its line end.</summary>
    public static string Item(CardValue value, int indent, string newLine)
    {
        var text = new StringBuilder();
        WriteItem(text, value, indent, newLine);
        return text.ToString();
    }

    /// <summary>A value on one line: a scalar, an empty list or an empty map.</summary>
    public static bool TryInline(CardValue value, out string text)
    {
        text = value switch
        {
            CardScalar scalar => Scalar(scalar),
            CardList { Items.Count: 0 } => "[]",
            CardMap { Entries.Count: 0 } => "{}",
            _ => "",
        };
        return text.Length > 0;
    }

    private static void WriteEntry(StringBuilder text, string key, CardValue value, int indent, string newLine)
    {
        text.Append(' ', indent).Append(Quote(key)).Append(':');
        if (TryInline(value, out var inline))
        {
            text.Append(' ').Append(inline).Append(newLine);
            return;
        }

        text.Append(newLine);
        // Items stand at their key's column, as the Hub writes them.
        if (value is CardList list)
            foreach (var item in list.Items)
                WriteItem(text, item, indent, newLine);
        else
            foreach (var entry in ((CardMap)value).Entries)
                WriteEntry(text, entry.Key, entry.Value, indent + 2, newLine);
    }

    private static void WriteItem(StringBuilder text, CardValue value, int indent, string newLine)
    {
        text.Append(' ', indent).Append('-');
        if (TryInline(value, out var inline))
        {
            text.Append(' ').Append(inline).Append(newLine);
            return;
        }

        var inner = new StringBuilder();
        if (value is CardList list)
            foreach (var item in list.Items)
                WriteItem(inner, item, indent + 2, newLine);
        else
            foreach (var entry in ((CardMap)value).Entries)
                WriteEntry(inner, entry.Key, entry.Value, indent + 2, newLine);
        // The first line of the item begins behind its dash.
        text.Append(' ').Append(inner, indent + 2, inner.Length - indent - 2);
    }

    private static string Scalar(CardScalar scalar) => scalar.Kind switch
    {
        CardScalarKind.Null => "null",
        CardScalarKind.Text => Quote(scalar.Text),
        _ => scalar.Text,
    };

    private static string Quote(string text)
    {
        if (Plain().IsMatch(text) && !Ambiguous().IsMatch(text) && CardYamlReader.KindOf(text) == CardScalarKind.Text)
            return text;
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Words that need no quotes anywhere: no indicator at the beginning, no ": ", no " #", nothing that ends a flow value, no #.</summary>
    [GeneratedRegex(@"\A[\p{L}\p{N}_./+]([\p{L}\p{M}\p{N}_./+@()'""=<>*&!?%$~^;-]|:(?=[^ ])| (?=[^ #]))*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Plain();

    /// <summary>Words and forms that YAML 1.1 takes for booleans, dates, hexadecimal or sexagesimal numbers.</summary>
    [GeneratedRegex(@"\A((y|yes|n|no|on|off|true|false|null|\.nan|[-+]?\.inf)|[-+.0-9][-+.0-9_:,eExXoOa-fA-FtTzZ ]*|=|<<)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Ambiguous();
}
