namespace AdapterHub.Catalog.Cards.Tex;

/// <summary>Commands with arguments.</summary>
internal sealed partial class TexParser
{
    private MathNode? ParseCommand(string name)
    {
        if (TexSymbols.Find(name) is { } symbol)
            return symbol;
        if (TexSymbols.Spaces.TryGetValue(name, out var width))
            return MathNode.Space(width);
        if (TexSymbols.Accents.TryGetValue(name, out var accent))
            return ParseAccent(accent);
        if (MathAlphabets.Names.TryGetValue(name, out var alphabet))
            return MathAlphabets.Apply(ParseArgument(), alphabet);
        if (TexSymbols.BigDelimiters.TryGetValue(name, out var size))
            return MathNode.Operator(ReadDelimiter() ?? "").With("minsize", size).With("maxsize", size);
        return name switch
        {
            "left" => ParseFence(),
            "begin" => ParseEnvironment(),
            "text" or "textrm" or "mbox" or "textnormal" or "textsf" or "texttt" or "textit" or "textbf" or "emph" => ParseWords(),
            "operatorname" => ParseOperatorName(),
            "not" => ParseNegation(),
            _ => ParseFraction(name) ?? ParseStack(name) ?? ParseStyle(name) ?? ParseUnseen(name),
        };
    }

    private MathNode? ParseFraction(string name)
    {
        switch (name)
        {
            case "frac":
                return MathNode.Of("mfrac", ParseArgument(), ParseArgument());
            case "dfrac" or "cfrac":
                return MathNode.Of("mstyle", MathNode.Of("mfrac", ParseArgument(), ParseArgument())).With("displaystyle", "true");
            case "tfrac":
                return MathNode.Of("mstyle", MathNode.Of("mfrac", ParseArgument(), ParseArgument())).With("displaystyle", "false");
            case "binom" or "dbinom" or "tbinom":
                var fraction = MathNode.Of("mfrac", ParseArgument(), ParseArgument()).With("linethickness", "0");
                return MathNode.Of("mrow", MathNode.Operator("("), fraction, MathNode.Operator(")"));
            case "sqrt":
                return ParseOption() is { } degree ? MathNode.Of("mroot", ParseArgument(), degree) : MathNode.Of("msqrt", ParseArgument());
            default:
                return null;
        }
    }

    private MathNode ParseAccent((string Mark, bool Below, bool Stretches, bool TakesLimits) accent)
    {
        var mark = MathNode.Operator(accent.Mark).With("stretchy", accent.Stretches ? "true" : "false");
        var node = new[] { ParseArgument(), mark };
        var attribute = accent.Below ? "accentunder" : "accent";
        var under = accent.Below ? "munder" : "mover";
        // A brace carries its label below or above itself, as a sum does.
        return accent.TakesLimits ? MathNode.Limits(under, node) : MathNode.Of(under, node).With(attribute, "true");
    }

    private MathNode? ParseStack(string name)
    {
        switch (name)
        {
            case "overset" or "stackrel":
                var above = ParseArgument();
                return MathNode.Of("mover", ParseArgument(), above);
            case "underset":
                var below = ParseArgument();
                return MathNode.Of("munder", ParseArgument(), below);
            case "xrightarrow" or "xleftarrow":
                var under = ParseOption();
                var over = ParseArgument();
                var arrow = MathNode.Operator(name == "xrightarrow" ? "\u2192" : "\u2190").With("stretchy", "true");
                return under is null ? MathNode.Of("mover", arrow, over) : MathNode.Of("munderover", arrow, under, over);
            case "pmod":
                return MathNode.Of("mrow", MathNode.Space("1em"), MathNode.Operator("("), MathNode.Identifier("mod"), MathNode.Space("0.3333em"), ParseArgument(), MathNode.Operator(")"));
            case "bmod" or "mod":
                return MathNode.Of("mrow", MathNode.Space("0.2222em"), MathNode.Identifier("mod"), MathNode.Space("0.2222em"));
            case "substack":
                Expect('{');
                var rows = ParseRows();
                Expect('}');
                return Table(rows, _ => null);
            default:
                return null;
        }
    }

    /// <summary>Styles of the rest of the group, and wrappers that change only what is around their argument.</summary>
    private MathNode? ParseStyle(string name) => name switch
    {
        "displaystyle" => MathNode.Of("mstyle", ParseList()).With("displaystyle", "true"),
        "textstyle" => MathNode.Of("mstyle", ParseList()).With("displaystyle", "false"),
        "scriptstyle" => MathNode.Of("mstyle", ParseList()).With("scriptlevel", "1"),
        "mathop" => MathNode.Limits("mrow", [ParseArgument()]),
        "mathrel" or "mathbin" or "mathord" or "mathopen" or "mathclose" or "mathpunct" or "mathinner" or "boxed" or "fbox" or "ensuremath" or "hbox" => ParseArgument(),
        "phantom" or "hphantom" or "vphantom" => MathNode.Of("mphantom", ParseArgument()),
        "color" or "textcolor" or "colorbox" => ParseColored(),
        "tag" => MathNode.Of("mrow", MathNode.Space("2em"), MathNode.Words($"({ReadRaw().Trim()})")),
        _ => null,
    };

    /// <summary>A formula keeps the colour of its text.</summary>
    private MathNode ParseColored()
    {
        ReadRaw();
        return ParseArgument();
    }

    /// <summary>Commands that show nothing; the last place where a command can be known.</summary>
    private MathNode? ParseUnseen(string name)
    {
        switch (name)
        {
            case "label":
                ReadRaw();
                return null;
            case "nonumber" or "notag" or "hline" or "allowbreak" or "nobreak" or "relax" or "/":
                return null;
            case "hspace" or "mspace" or "kern":
                return Length(ReadRaw()) is { } width ? MathNode.Space(width) : throw new TexException("a length that is not known");
            default:
                throw new TexException($"\\{name} is not known");
        }
    }

    private static string? Length(string text)
    {
        var length = text.Trim();
        return length.Length is > 2 and < 12 && length[^2..] is "em" or "ex" or "pt" or "mm" or "cm" or "in" && length.Length is > 2 and < 12
            && double.TryParse(length[..^2], System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= 20
            ? length.Replace(" ", "", StringComparison.Ordinal)
            : null;
    }

    /// <summary><c>\left( ... \middle| ... \right)</c>: brackets as high as what they hold; a dot is none.</summary>
    private MathNode ParseFence()
    {
        var nodes = new List<MathNode>();
        AddFence(nodes, "prefix");
        while (true)
        {
            nodes.Add(MathNode.Row(ParseList()));
            if (TryCommand("middle"))
                AddFence(nodes, "infix");
            else if (TryCommand("right"))
            {
                AddFence(nodes, "postfix");
                return MathNode.Of("mrow", nodes);
            }
            else
                throw new TexException("\\left without \\right");
        }
    }

    private void AddFence(List<MathNode> nodes, string form)
    {
        if (ReadDelimiter() is { } delimiter)
            nodes.Add(MathNode.Operator(delimiter).With("fence", "true").With("stretchy", "true").With("form", form));
    }

    /// <summary>A bracket by sign or by name; null for the dot.</summary>
    private string? ReadDelimiter()
    {
        SkipBlank();
        if (_at >= tex.Length)
            throw new TexException("a bracket is missing");
        if (tex[_at] != '\\')
        {
            var sign = tex[_at++];
            return sign switch
            {
                '.' => null,
                '<' => "\u27E8",
                '>' => "\u27E9",
                '(' or ')' or '[' or ']' or '|' or '/' => sign.ToString(),
                _ => throw new TexException($"'{sign}' is no bracket"),
            };
        }

        _at++;
        return TexSymbols.Delimiters.TryGetValue(ReadCommandName(), out var named) ? named : throw new TexException("not a bracket");
    }

    /// <summary>Text in a formula, with formulas in it between dollars.</summary>
    private MathNode ParseWords()
    {
        var parts = ReadRaw().Split('$');
        var nodes = new List<MathNode>();
        for (var i = 0; i < parts.Length; i++)
        {
            if (i % 2 == 1)
            {
                if (_depth + 1 > Deepest)
                    throw new TexException("nested too deep");
                nodes.Add(new TexParser(parts[i], _depth + 1).ParseFormula());
            }
            else if (parts[i].Length > 0)
                nodes.Add(MathNode.Words(TexSymbols.PlainWords(parts[i])));
        }

        return MathNode.Row(nodes);
    }

    private MathNode ParseOperatorName()
    {
        var limits = _at < tex.Length && tex[_at] == '*';
        if (limits)
            _at++;
        var name = ReadRaw().Replace("\\,", " ", StringComparison.Ordinal).Replace("\\ ", " ", StringComparison.Ordinal).Trim();
        return name.Length > 0 && name.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '*') ? MathNode.Function(name, limits) : throw new TexException("a name is missing");
    }

    /// <summary>A slash through the next sign.</summary>
    private MathNode ParseNegation()
    {
        var node = ParseArgument();
        return node.Text is { Length: > 0 } text && node.Name is "mo" or "mi" ? MathNode.Operator(node.Text + "\u0338") : throw new TexException("\\not before something that is no sign");
    }
}
