namespace AdapterHub.Catalog.Cards.Html;

internal enum HtmlTokenKind
{
    Text,
    StartTag,
    EndTag,

    /// <summary>A comment, a declaration or a tag that the text ends in.</summary>
    Nothing,
}

/// <summary>
/// Cuts HTML into texts and tags as a browser does (HTML Standard, 13.2.5), without looking inside: attribute values stay as written, with
/// their entities.
/// </summary>
internal sealed class HtmlTokens(string html)
{
    private readonly HashSet<string> _neverClosed = new(StringComparer.Ordinal);
    private int _at;

    public HtmlTokenKind Kind { get; private set; }

    /// <summary>The text's place, for a text.</summary>
    public ReadOnlySpan<char> Text => html.AsSpan(_textStart, _at - _textStart);

    private int _textStart;

    /// <summary>In lower case, for a tag.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Names in lower case, each once; values as written.</summary>
    public List<(string Name, string Value)> Attributes { get; } = [];

    public bool Read()
    {
        if (_at >= html.Length)
            return false;
        if (html[_at] == '<' && _at + 1 < html.Length && (char.IsAsciiLetter(html[_at + 1]) || html[_at + 1] is '/' or '!' or '?'))
            ReadMarkup();
        else
            ReadText();
        return true;
    }

    /// <summary>Goes behind the end tag of an element whose content is of no interest. Without one the content is read as usual.</summary>
    public void SkipContent(string name)
    {
        if (_neverClosed.Contains(name))
            return;
        var close = $"</{name}";
        var at = _at;
        while ((at = html.IndexOf(close, at, StringComparison.OrdinalIgnoreCase)) >= 0)
        {
            at += close.Length;
            if (at < html.Length && (char.IsWhiteSpace(html[at]) || html[at] is '/' or '>'))
            {
                var end = html.IndexOf('>', at);
                _at = end < 0 ? html.Length : end + 1;
                return;
            }
        }

        _neverClosed.Add(name);
    }

    private void ReadText()
    {
        Kind = HtmlTokenKind.Text;
        _textStart = _at;
        var next = html.IndexOf('<', _at + 1);
        _at = next < 0 ? html.Length : next;
    }

    private void ReadMarkup()
    {
        Kind = HtmlTokenKind.Nothing;
        var second = html[_at + 1];
        if (html.AsSpan(_at).StartsWith("<!--", StringComparison.Ordinal))
            SkipComment();
        else if (second is '!' or '?' || (second == '/' && (_at + 2 >= html.Length || !char.IsAsciiLetter(html[_at + 2]))))
            SkipBehind('>', _at + 2);
        else
            ReadTag(second == '/');
    }

    /// <summary>Ends at <c>--&gt;</c> or <c>--!&gt;</c>; <c>&lt;!--&gt;</c> and <c>&lt;!---&gt;</c> are whole comments.</summary>
    private void SkipComment()
    {
        var rest = html.AsSpan(_at + 4);
        if (rest.StartsWith(">", StringComparison.Ordinal) || rest.StartsWith("->", StringComparison.Ordinal))
        {
            SkipBehind('>', _at + 4);
            return;
        }

        var plain = html.IndexOf("-->", _at + 4, StringComparison.Ordinal);
        var reach = plain < 0 ? html.Length : plain;
        var bang = html.IndexOf("--!>", _at + 4, reach - _at - 4, StringComparison.Ordinal);
        _at = bang >= 0 ? bang + 4 : plain >= 0 ? plain + 3 : html.Length;
    }

    private void SkipBehind(char end, int from)
    {
        var at = from >= html.Length ? -1 : html.IndexOf(end, from);
        _at = at < 0 ? html.Length : at + 1;
    }

    private void ReadTag(bool isEnd)
    {
        var start = _at + (isEnd ? 2 : 1);
        _at = start;
        while (_at < html.Length && !IsSpace(html[_at]) && html[_at] is not ('/' or '>'))
            _at++;
        Name = html[start.._at].ToLowerInvariant();
        Attributes.Clear();
        while (_at < html.Length && html[_at] != '>')
        {
            if (IsSpace(html[_at]) || html[_at] == '/')
                _at++;
            else
                ReadAttribute();
        }

        // A tag that the text ends in is none.
        if (_at < html.Length)
            Kind = isEnd ? HtmlTokenKind.EndTag : HtmlTokenKind.StartTag;
        _at = Math.Min(_at + 1, html.Length);
    }

    private void ReadAttribute()
    {
        var start = _at++;
        while (_at < html.Length && !IsSpace(html[_at]) && html[_at] is not ('/' or '>' or '='))
            _at++;
        var name = html[start.._at].ToLowerInvariant();
        SkipSpace();
        var value = "";
        if (_at < html.Length && html[_at] == '=')
        {
            _at++;
            SkipSpace();
            value = ReadValue();
        }

        if (!Attributes.Exists(attribute => attribute.Name == name) && Attributes.Count < 100)
            Attributes.Add((name, value));
    }

    private string ReadValue()
    {
        if (_at >= html.Length)
            return "";
        if (html[_at] is '"' or '\'')
        {
            var end = html.IndexOf(html[_at], _at + 1);
            var value = end < 0 ? "" : html[(_at + 1)..end];
            _at = end < 0 ? html.Length : end + 1;
            return value;
        }

        var start = _at;
        while (_at < html.Length && !IsSpace(html[_at]) && html[_at] != '>')
            _at++;
        return html[start.._at];
    }

    private void SkipSpace()
    {
        while (_at < html.Length && IsSpace(html[_at]))
            _at++;
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f';
}
