using System.Text;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>
/// Makes well-formed HTML of whatever an author wrote: only allowed elements and attributes, every element closed where it must be, never
/// deeper than <see cref="CardLimits.HtmlDepth"/>, no text in a table outside its cells. A parser has nothing left to repair in it, so it
/// builds the tree that is written here: no element moves on a second parsing (mutation XSS), and no tag is opened anew for each paragraph
/// (which makes some kilobytes into gigabytes). Time and memory are linear in the text.
/// </summary>
internal sealed class TagSoup
{
    private readonly StringBuilder _out;
    private readonly HtmlTokens _tokens;
    private readonly List<string> _open = [];
    private readonly Dictionary<string, int> _ignored = new(StringComparer.Ordinal);
    private int _elements;

    private TagSoup(string html)
    {
        _out = new StringBuilder(html.Length + 256);
        _tokens = new HtmlTokens(html);
    }

    /// <exception cref="CardTooComplexException">More elements than <see cref="CardLimits.HtmlElements"/>.</exception>
    public static string Clean(string html)
    {
        var soup = new TagSoup(html);
        while (soup._tokens.Read())
            soup.Take();
        soup.CloseTo(0);
        return soup._out.ToString();
    }

    private void Take()
    {
        switch (_tokens.Kind)
        {
            case HtmlTokenKind.Text:
                WriteText(_tokens.Text);
                break;
            case HtmlTokenKind.StartTag when CardElements.Opaque.Contains(_tokens.Name):
                _tokens.SkipContent(_tokens.Name);
                break;
            case HtmlTokenKind.StartTag:
                var renamed = CardElements.Renamed.GetValueOrDefault(_tokens.Name, _tokens.Name);
                if (CardElements.Allows(renamed))
                    Start(renamed);
                break;
            case HtmlTokenKind.EndTag:
                End(CardElements.Renamed.GetValueOrDefault(_tokens.Name, _tokens.Name));
                break;
        }
    }

    private void WriteText(ReadOnlySpan<char> text)
    {
        if (!text.IsWhiteSpace())
            LeaveTableStructure();
        foreach (var c in text)
        {
            _ = c switch
            {
                '<' => _out.Append("&lt;"),
                '>' => _out.Append("&gt;"),
                _ when IsForbidden(c) => _out,
                _ => _out.Append(c),
            };
        }
    }

    private void Start(string name)
    {
        if (name is "a" && _open.Contains("a") || _open.Count >= CardLimits.HtmlDepth && !CardElements.Void.Contains(name))
        {
            Ignore(name);
            return;
        }

        if (CardElements.Table.Contains(name) ? !PlaceInTable(name) : !PlaceInFlow(name))
        {
            Ignore(name);
            return;
        }

        WriteTag(name);
        if (!CardElements.Void.Contains(name))
            _open.Add(name);
    }

    /// <summary>Its end tag must not close another element of that name.</summary>
    private void Ignore(string name)
    {
        if (!CardElements.Void.Contains(name))
            _ignored[name] = _ignored.GetValueOrDefault(name) + 1;
    }

    private void End(string name)
    {
        if (_ignored.TryGetValue(name, out var ignored) && ignored > 0)
        {
            _ignored[name] = ignored - 1;
            return;
        }

        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i] == name)
            {
                CloseTo(i);
                return;
            }

            // What was opened outside a cell is not closed inside it.
            if (_open[i] == "table" || (_open[i] is "td" or "th" or "caption" && !CardElements.Table.Contains(name)))
                return;
        }
    }

    private bool PlaceInFlow(string name)
    {
        LeaveTableStructure();
        if (CardElements.Inline.Contains(name))
            return true;
        CloseParagraph();
        if (name is ['h', >= '1' and <= '6'] && _open is [.., ['h', >= '1' and <= '6']])
            CloseTo(_open.Count - 1);
        if (name is "li")
            CloseSibling("li", "li");
        else if (name is "dt" or "dd")
            CloseSibling("dt", "dd");
        return true;
    }

    /// <summary>Finds the part of the table that the element belongs into, and opens the parts between that HTML lets an author leave out.</summary>
    private bool PlaceInTable(string name)
    {
        if (name == "table")
        {
            LeaveTableStructure();
            CloseParagraph();
            return true;
        }

        var at = _open.FindLastIndex(open => open is "table" or "thead" or "tbody" or "tfoot" || (open == "tr" && name is "td" or "th"));
        if (at < 0 || _open.Count + 2 >= CardLimits.HtmlDepth)
            return false;
        if (name is "thead" or "tbody" or "tfoot" or "caption")
            at = _open.LastIndexOf("table");
        CloseTo(at + 1);
        if (_open[^1] == "table" && name is "tr" or "td" or "th")
            Open("tbody");
        if (_open[^1] != "tr" && name is "td" or "th")
            Open("tr");
        return true;
    }

    private void Open(string name)
    {
        if (_open[^1] == name)
            return;
        _out.Append('<').Append(name).Append('>');
        _open.Add(name);
    }

    /// <summary>Text and ordinary elements between the cells end the table; a browser would move them in front of it.</summary>
    private void LeaveTableStructure()
    {
        if (_open is [.., "table" or "thead" or "tbody" or "tfoot" or "tr"])
            CloseTo(_open.LastIndexOf("table"));
    }

    private void CloseParagraph()
    {
        for (var i = _open.Count - 1; i >= 0 && _open[i] is not ("td" or "th" or "caption" or "table"); i--)
        {
            if (_open[i] == "p")
            {
                CloseTo(i);
                return;
            }
        }
    }

    private void CloseSibling(string one, string other)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i] == one || _open[i] == other)
            {
                CloseTo(i);
                return;
            }

            if (!CardElements.Inline.Contains(_open[i]) && _open[i] != "div")
                return;
        }
    }

    private void CloseTo(int count)
    {
        for (var i = _open.Count - 1; i >= count; i--)
            _out.Append("</").Append(_open[i]).Append('>');
        if (count < _open.Count)
            _open.RemoveRange(count, _open.Count - count);
    }

    private void WriteTag(string name)
    {
        if (++_elements > CardLimits.HtmlElements)
            throw new CardTooComplexException($"The text has more than {CardLimits.HtmlElements:N0} elements, so it is shown as it was written.");
        _out.Append('<').Append(name);
        if (_tokens.Name == "center")
            _out.Append(" align=\"center\"");
        foreach (var (attribute, value) in _tokens.Attributes)
        {
            if (!CardElements.Allows(name, attribute))
                continue;
            if (attribute == "style")
                WriteAlignment(value);
            else
                WriteAttribute(attribute, value);
        }

        _out.Append('>');
    }

    /// <summary>The one style that the Markdown stage writes, for the columns of tables.</summary>
    private void WriteAlignment(string style)
    {
        if (style is "text-align: left;" or "text-align: center;" or "text-align: right;")
            WriteAttribute("align", style["text-align: ".Length..^1]);
    }

    private void WriteAttribute(string name, string value)
    {
        _out.Append(' ').Append(name).Append("=\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '<' => _out.Append("&lt;"),
                '>' => _out.Append("&gt;"),
                '"' => _out.Append("&quot;"),
                _ when IsForbidden(c) => _out,
                _ => _out.Append(c),
            };
        }

        _out.Append('"');
    }

    private static bool IsForbidden(char c) => char.IsControl(c) && c is not ('\n' or '\r' or '\t');
}
