using Spectre.Console;

namespace AdapterHub.Cli.Output;

/// <summary>Where the program writes. Colours, bars and boxes only where a person looks: pipes and files get plain lines.</summary>
internal sealed class Terminal
{
    private readonly Lazy<IAnsiConsole> _rich = new(() => AnsiConsole.Console);

    public TextWriter Out { get; } = Console.Out;

    public TextWriter Error { get; } = Console.Error;

    public bool IsRich { get; } = !Console.IsOutputRedirected && !string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal);

    public IAnsiConsole Rich => _rich.Value;

    public void WriteError(string message) => Error.WriteLine($"adapterhub: {message}");

    /// <summary>Pairs of a name and a value, one a line.</summary>
    public void WritePairs(IEnumerable<(string Name, string Value)> pairs)
    {
        var rows = pairs.ToList();
        if (IsRich)
        {
            var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
            foreach (var (name, value) in rows)
                grid.AddRow(new Text(name, new Style(Color.Grey)), new Text(value));
            Rich.Write(grid);
            return;
        }

        var width = rows.Count == 0 ? 0 : rows.Max(row => row.Name.Length);
        foreach (var (name, value) in rows)
            Out.WriteLine($"{name.PadRight(width)}  {value.ReplaceLineEndings("\n" + new string(' ', width + 2))}");
    }

    /// <summary>A table; columns of numbers stand to the right.</summary>
    public void WriteTable(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var toTheRight = headers.Select((_, k) => rows.Count > 0 && rows.All(row => row[k].Length == 0 || IsNumber(row[k]))).ToList();
        if (IsRich)
        {
            var table = new Table().Border(TableBorder.Rounded);
            for (var k = 0; k < headers.Count; k++)
            {
                var column = new TableColumn(new Text(headers[k]));
                table.AddColumn(toTheRight[k] ? column.RightAligned() : column);
            }

            foreach (var row in rows)
                table.AddRow(row.Select(cell => new Text(cell)));
            Rich.Write(table);
            return;
        }

        var widths = headers.Select((header, k) => rows.Select(row => row[k].Length).Append(header.Length).Max()).ToList();
        foreach (var row in rows.Prepend(headers))
            Out.WriteLine(string.Join("  ", row.Select((cell, k) => toTheRight[k] ? cell.PadLeft(widths[k]) : cell.PadRight(widths[k]))).TrimEnd());
    }

    private static bool IsNumber(string cell) => char.IsAsciiDigit(cell[0]) || (cell.Length > 1 && cell[0] == '-' && char.IsAsciiDigit(cell[1]));
}
