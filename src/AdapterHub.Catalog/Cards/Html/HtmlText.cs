using System.Text;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>Writes the page: names are the program's own, every text and value is encoded here.</summary>
internal sealed class HtmlText(StringBuilder html)
{
    /// <summary>Length of the page where a <c>pre</c> was just opened: a parser drops a newline that comes first there.</summary>
    private int _startOfPre = -1;

    public void Raw(char c) => html.Append(c);

    /// <summary><c>&lt;name a="b"&gt;</c>; an attribute of null is left out, one of an empty text is written.</summary>
    public void Open(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        html.Append('<').Append(name);
        foreach (var (attribute, value) in attributes)
        {
            if (value is null)
                continue;
            html.Append(' ').Append(attribute).Append("=\"");
            Encode(value, inAttribute: true);
            html.Append('"');
        }

        html.Append('>');
        if (name is "pre")
            _startOfPre = html.Length;
    }

    public void Close(string name) => html.Append("</").Append(name).Append('>');

    public void Text(ReadOnlySpan<char> text) => Encode(html.Length == _startOfPre && text is ['\n', .. var rest] ? rest : text, inAttribute: false);

    public override string ToString() => html.ToString();

    private void Encode(ReadOnlySpan<char> text, bool inAttribute)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                html.Append(text.Slice(i++, 2));
                continue;
            }

            _ = c switch
            {
                '&' => html.Append("&amp;"),
                '<' => html.Append("&lt;"),
                '>' => html.Append("&gt;"),
                '"' when inAttribute => html.Append("&quot;"),
                '\u00A0' => html.Append("&nbsp;"),
                _ when char.IsSurrogate(c) => html.Append('\uFFFD'),
                _ when CardText.IsOverride(c) || (char.IsControl(c) && c is not ('\n' or '\t')) => html,
                _ => html.Append(c),
            };
        }
    }
}
