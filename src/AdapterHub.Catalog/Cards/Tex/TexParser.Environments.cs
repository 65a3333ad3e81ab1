namespace AdapterHub.Catalog.Cards.Tex;

/// <summary>Environments: matrices, cases, aligned rows.</summary>
internal sealed partial class TexParser
{
    private MathNode ParseEnvironment()
    {
        var name = ReadRaw();
        var bare = name.TrimEnd('*');
        string[]? columns = bare switch
        {
            "array" => Columns(ReadRaw()),
            "matrix" or "pmatrix" or "bmatrix" or "Bmatrix" or "vmatrix" or "Vmatrix" or "smallmatrix" => [],
            "cases" => ["align-left"],
            "aligned" or "align" or "alignedat" or "split" or "eqnarray" or "gathered" or "gather" or "equation" or "multline" or "displaymath" or "math" => [],
            _ => throw new TexException($"the environment {name} is not known"),
        };
        if (bare is "alignedat")
            ReadRaw();
        var rows = ParseRows();
        if (!TryCommand("end") || ReadRaw() != name)
            throw new TexException($"{name} is not closed");
        // A line break behind the last row begins none.
        if (rows.Count > 1 && rows[^1] is [{ Name: "mrow", Children.Count: 0 }])
            rows.RemoveAt(rows.Count - 1);
        return bare switch
        {
            "pmatrix" => Fenced("(", Table(rows, _ => null), ")"),
            "bmatrix" => Fenced("[", Table(rows, _ => null), "]"),
            "Bmatrix" => Fenced("{", Table(rows, _ => null), "}"),
            "vmatrix" => Fenced("|", Table(rows, _ => null), "|"),
            "Vmatrix" => Fenced("\u2016", Table(rows, _ => null), "\u2016"),
            "smallmatrix" => MathNode.Of("mstyle", Table(rows, _ => null)).With("scriptlevel", "1"),
            "cases" => Fenced("{", Table(rows, _ => "align-left"), null),
            "aligned" or "align" or "alignedat" or "split" => Table(rows, index => index % 2 == 0 ? "align-right" : "align-left").With("displaystyle", "true"),
            "eqnarray" => Table(rows, index => index switch { 0 => "align-right", 2 => "align-left", _ => null }).With("displaystyle", "true"),
            "array" => Table(rows, index => index < columns.Length ? columns[index] : null),
            "matrix" => Table(rows, _ => null),
            _ => rows is [[var single]] ? single : Table(rows, _ => null).With("displaystyle", "true"),
        };
    }

    /// <summary>Rows of cells, up to what ends the environment.</summary>
    private List<List<MathNode>> ParseRows()
    {
        var rows = new List<List<MathNode>>();
        var row = new List<MathNode>();
        rows.Add(row);
        while (true)
        {
            row.Add(MathNode.Row(ParseList()));
            if (_at < tex.Length && tex[_at] == '&')
            {
                _at++;
            }
            else if (TryCommand("\\") || TryCommand("cr"))
            {
                SkipRowGap();
                rows.Add(row = []);
            }
            else
                return rows;
        }
    }

    /// <summary><c>\\[2pt]</c>: only a length is a gap, a bracket may be a formula's own.</summary>
    private void SkipRowGap()
    {
        if (_at < tex.Length && tex[_at] == '*')
            _at++;
        if (_at >= tex.Length || tex[_at] != '[')
            return;
        var close = tex.IndexOf(']', _at);
        if (close > 0 && Length(tex[(_at + 1)..close]) is not null)
            _at = close + 1;
    }

    /// <summary>Columns of an array; lines between them are not drawn.</summary>
    private static string[] Columns(string text) =>
        [.. text.Where(c => c is 'l' or 'c' or 'r').Select(c => c switch { 'l' => "align-left", 'r' => "align-right", _ => "align-center" })];

    private static MathNode Table(List<List<MathNode>> rows, Func<int, string?> align) =>
        MathNode.Of("mtable", [.. rows.Select(row => MathNode.Of("mtr", [.. row.Select((cell, index) => Cell(cell, align(index)))]))]);

    private static MathNode Cell(MathNode content, string? align)
    {
        var cell = MathNode.Of("mtd", content);
        return align is null ? cell : cell.With("class", align);
    }

    private static MathNode Fenced(string open, MathNode content, string? close)
    {
        var nodes = new List<MathNode> { MathNode.Operator(open).With("fence", "true").With("stretchy", "true").With("form", "prefix"), content };
        if (close is not null)
            nodes.Add(MathNode.Operator(close).With("fence", "true").With("stretchy", "true").With("form", "postfix"));
        return MathNode.Of("mrow", nodes);
    }
}
