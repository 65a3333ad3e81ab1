namespace AdapterHub.Catalog.Cards.Tex;

/// <summary>Reads a formula by recursive descent, at most <see cref="Deepest"/> levels down.</summary>
internal sealed partial class TexParser(string tex, int depth)
{
    private const int Deepest = 40;
    private int _at;
    private int _depth = depth;

    /// <summary>A whole formula: one row, or a table where lines are broken or aligned.</summary>
    public MathNode ParseFormula()
    {
        var rows = ParseRows();
        if (_at < tex.Length)
            throw new TexException("something is closed that was not opened");
        return rows is [[var single]] ? single : Table(rows, index => index % 2 == 0 ? "align-right" : "align-left").With("displaystyle", "true");
    }

    /// <summary>Atoms with their scripts, up to the end of the group, the cell or the row.</summary>
    private List<MathNode> ParseList(char? close = null)
    {
        var nodes = new List<MathNode>();
        if (++_depth > Deepest)
            throw new TexException("nested too deep");
        while (true)
        {
            SkipBlank();
            if (_at >= tex.Length || tex[_at] is '}' or '&' || tex[_at] == close || AtCommand("\\") || AtCommand("cr") || AtCommand("right") || AtCommand("middle") || AtCommand("end"))
                break;
            if (ParseScripted(nodes) is { } node)
                nodes.Add(node);
        }

        _depth--;
        return nodes;
    }

    private MathNode? ParseScripted(List<MathNode> before)
    {
        var bare = tex[_at] is '^' or '_' or '\'';
        var atom = bare ? MathNode.Of("mrow") : ParseAtom();
        if (atom is null)
            return null;
        var limits = ReadLimits(ref atom);
        var (sub, sup) = ReadScripts();
        var node = Attach(atom, sub, sup, limits);
        if (atom.IsFunction && FollowsOperand())
        {
            before.Add(node);
            return MathNode.Space("0.1667em");
        }

        return node;
    }

    private bool ReadLimits(ref MathNode atom)
    {
        SkipBlank();
        if (TryCommand("limits"))
        {
            if (atom.Name == "mo")
                atom.Attributes.RemoveAll(attribute => attribute.Name == "movablelimits");
            if (atom.Name == "mo")
                atom.With("movablelimits", "false");
            return true;
        }

        return !TryCommand("nolimits") && atom.TakesLimits;
    }

    private (MathNode? Sub, MathNode? Sup) ReadScripts()
    {
        MathNode? sub = null;
        MathNode? sup = null;
        var primes = 0;
        for (SkipBlank(); _at < tex.Length; SkipBlank())
        {
            if (tex[_at] == '\'' && sup is null)
            {
                primes++;
                _at++;
            }
            else if (tex[_at] == '^' && sup is null)
            {
                _at++;
                sup = ParseArgument();
            }
            else if (tex[_at] == '_' && sub is null)
            {
                _at++;
                sub = ParseArgument();
            }
            else if (tex[_at] is '^' or '_')
                throw new TexException("two scripts at the same place");
            else
                break;
        }

        if (primes == 0)
            return (sub, sup);
        var prime = MathNode.Operator(primes switch { 1 => "\u2032", 2 => "\u2033", 3 => "\u2034", _ => string.Concat(Enumerable.Repeat('\u2032', primes)) });
        return (sub, sup is null ? prime : MathNode.Of("mrow", prime, sup));
    }

    private static MathNode Attach(MathNode atom, MathNode? sub, MathNode? sup, bool limits) => (sub, sup) switch
    {
        (null, null) => atom,
        ({ } below, null) => MathNode.Of(limits ? "munder" : "msub", atom, below),
        (null, { } above) => MathNode.Of(limits ? "mover" : "msup", atom, above),
        ({ } below, { } above) => MathNode.Of(limits ? "munderover" : "msubsup", atom, below, above),
    };

    /// <summary>What a named function acts on stands apart from it, unless a bracket does.</summary>
    private bool FollowsOperand()
    {
        SkipBlank();
        return _at < tex.Length && (char.IsLetterOrDigit(tex[_at]) || (tex[_at] == '\\' && _at + 1 < tex.Length && char.IsAsciiLetter(tex[_at + 1])
            && !AtCommand("left") && !AtCommand("right") && !AtCommand("end") && !AtCommand("big") && !AtCommand("cr")));
    }

    /// <summary>One symbol, group or command; null for a command that shows nothing.</summary>
    private MathNode? ParseAtom()
    {
        var c = tex[_at];
        switch (c)
        {
            case '{':
                return ParseGroup();
            case '\\':
                _at++;
                return ParseCommand(ReadCommandName());
            case '~':
                _at++;
                return MathNode.Words("\u00A0");
            case '$' or '#':
                throw new TexException($"'{c}' has no meaning here");
        }

        if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < tex.Length && char.IsAsciiDigit(tex[_at + 1])))
            return ParseNumber();
        var length = char.IsHighSurrogate(c) && _at + 1 < tex.Length && char.IsLowSurrogate(tex[_at + 1]) ? 2 : 1;
        var text = tex.Substring(_at, length);
        _at += length;
        if (length == 1 && (char.IsControl(c) || char.IsSurrogate(c)))
            throw new TexException("a control character");
        return char.IsLetter(text, 0) ? MathNode.Identifier(text) : TexSymbols.Character(text);
    }

    private MathNode ParseNumber()
    {
        var start = _at;
        while (_at < tex.Length && (char.IsAsciiDigit(tex[_at]) || (tex[_at] == '.' && _at + 1 < tex.Length && char.IsAsciiDigit(tex[_at + 1]))))
            _at++;
        return MathNode.Number(tex[start.._at]);
    }

    private MathNode ParseGroup()
    {
        Expect('{');
        var nodes = ParseList();
        Expect('}');
        return MathNode.Row(nodes);
    }

    /// <summary>A group, or one symbol: <c>\frac12</c> is one half.</summary>
    private MathNode ParseArgument()
    {
        SkipBlank();
        if (_at >= tex.Length || tex[_at] is '}' or '&' or '^' or '_')
            throw new TexException("an argument is missing");
        if (char.IsAsciiDigit(tex[_at]))
            return MathNode.Number(tex[_at++].ToString());
        if (++_depth > Deepest)
            throw new TexException("nested too deep");
        var node = ParseAtom() ?? throw new TexException("an argument is missing");
        _depth--;
        return node;
    }

    /// <summary><c>[...]</c>, if it is there.</summary>
    private MathNode? ParseOption()
    {
        SkipBlank();
        if (_at >= tex.Length || tex[_at] != '[')
            return null;
        _at++;
        var nodes = ParseList(']');
        Expect(']');
        return MathNode.Row(nodes);
    }

    /// <summary>What stands between braces, as written.</summary>
    private string ReadRaw()
    {
        SkipBlank();
        Expect('{');
        var start = _at;
        for (var open = 1; _at < tex.Length; _at++)
        {
            if (tex[_at] == '\\')
                _at++;
            else if (tex[_at] == '{')
                open++;
            else if (tex[_at] == '}' && --open == 0)
                return tex[start.._at++];
        }

        throw new TexException("a brace is not closed");
    }

    /// <summary>Letters, or one other character; the backslash has been read.</summary>
    private string ReadCommandName()
    {
        if (_at >= tex.Length)
            throw new TexException("a backslash at the end");
        var start = _at++;
        if (!char.IsAsciiLetter(tex[start]))
            return tex[start].ToString();
        while (_at < tex.Length && char.IsAsciiLetter(tex[_at]))
            _at++;
        return tex[start.._at];
    }

    private bool AtCommand(string name) =>
        _at < tex.Length && tex[_at] == '\\' && tex.AsSpan(_at + 1).StartsWith(name, StringComparison.Ordinal)
        && (!char.IsAsciiLetter(name[0]) || _at + 1 + name.Length >= tex.Length || !char.IsAsciiLetter(tex[_at + 1 + name.Length]));

    private bool TryCommand(string name)
    {
        if (!AtCommand(name))
            return false;
        _at += 1 + name.Length;
        SkipBlank();
        return true;
    }

    private void Expect(char c)
    {
        if (_at >= tex.Length || tex[_at] != c)
            throw new TexException($"'{c}' is missing");
        _at++;
    }

    /// <summary>White space and comments.</summary>
    private void SkipBlank()
    {
        while (_at < tex.Length && (char.IsWhiteSpace(tex[_at]) || tex[_at] == '%'))
        {
            if (tex[_at] == '%')
                while (_at < tex.Length && tex[_at] != '\n')
                    _at++;
            else
                _at++;
        }
    }
}
