using System.Text.Json;
using System.Text.Json.Serialization;
using AdapterHub.Formats.Text;

namespace AdapterHub.Formats.Inspection.Datasets;

/// <summary>The first rows of a dataset's file as a table. Reads the first mebibyte, whatever the file's size.</summary>
public sealed record DatasetPreview
{
    private const int MostColumns = 50;
    private const int LongestCell = 1000;
    private const long ReadBytes = 1 << 20;

    public required DatasetFormat Format { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>The header of a CSV file, the keys of JSON rows in the order of their first use, or "text".</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>One cell a column; null where a row has none. Long cells are cut, with an ellipsis.</summary>
    public required IReadOnlyList<IReadOnlyList<string?>> Rows { get; init; }

    /// <summary>Rows of the file: counted if it was read to its end, else estimated from the size of those read; null if nothing can be said.</summary>
    public long? RowCount { get; init; }

    /// <summary>Whether <see cref="RowCount"/> was counted.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Why the table ends early or is empty; null when nothing is wrong.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether <see cref="Rows"/> are all there are.</summary>
    [JsonIgnore]
    public bool IsWhole => IsCounted && RowCount == Rows.Count;

    /// <summary>Reads the beginning of a file.</summary>
    /// <param name="localPath">Where it lies.</param>
    /// <param name="name">What it is called, which decides how it is read.</param>
    /// <param name="rows">Most rows of the table.</param>
    /// <returns>Null for a file that <see cref="DatasetFormats.Find"/> does not know.</returns>
    /// <exception cref="IOException">The file is missing.</exception>
    public static DatasetPreview? Read(string localPath, string name, int rows = 20)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        if (DatasetFormats.Find(name) is not { } format)
            return null;
        var empty = new DatasetPreview { Format = format, Bytes = new FileInfo(localPath).Length, Columns = [], Rows = [] };
        return format == DatasetFormat.Parquet ? empty with { Problem = "Parquet files are not previewed." } : new Reading(empty, localPath, rows).Run();
    }

    internal static string Shorten(string text)
    {
        if (text.Length <= LongestCell)
            return text;
        var cut = char.IsHighSurrogate(text[LongestCell - 1]) ? LongestCell - 1 : LongestCell;
        return text[..cut] + "…";
    }

    private sealed class Reading(DatasetPreview empty, string path, int most)
    {
        private readonly OrderedDictionary<string, int> _columns = new(StringComparer.Ordinal);
        private readonly List<List<string?>> _rows = [];
        private long _count;
        private long _offset;
        private bool _ended;

        public DatasetPreview Run()
        {
            var problem = (string?)null;
            try
            {
                using var reader = new StrictUtf8Reader(path, DatasetFormats.LongestRow);
                var read = ChooseRows(reader);
                while (!_ended && reader.Offset < ReadBytes && problem is null)
                {
                    problem = read();
                    _offset = reader.Offset;
                    _ended |= reader.Peek() < 0;
                }
            }
            catch (TextFileException exception)
            {
                problem = exception.Line is { } line ? $"Line {line}: {exception.Problem}." : exception.Problem;
            }

            return empty with
            {
                Columns = [.. _columns.Keys],
                Rows = [.. _rows.Select(row => row.Concat(Enumerable.Repeat((string?)null, _columns.Count - row.Count)).ToList())],
                RowCount = _ended && problem is null ? _count : _offset > 0 && _count > 0 ? (long)Math.Round((double)_count * empty.Bytes / _offset) : null,
                IsCounted = _ended && problem is null,
                Problem = problem,
            };
        }

        /// <summary>A function that reads the next row and returns what is wrong with it.</summary>
        private Func<string?> ChooseRows(StrictUtf8Reader reader)
        {
            if (empty.Format == DatasetFormat.JsonLines)
                return () => ReadJson(reader);
            if (empty.Format == DatasetFormat.Text)
            {
                _columns.Add("text", 0);
                return () => ReadText(reader);
            }

            var parser = new CsvParser(reader, empty.Format.Delimiter(), DatasetFormats.LongestRow);
            if (parser.ReadRow() is not { } header)
                return () => null;
            if (header.Problem is not null)
                return () => $"Line {header.Line}: {header.Problem}.";
            foreach (var name in header.Fields.Take(MostColumns))
                AddColumn(Shorten(name.Trim()));
            return () => ReadRecord(parser);
        }

        /// <summary>A line, of which no more is held than a cell shows: a text may be one line of a gigabyte.</summary>
        private string? ReadText(StrictUtf8Reader reader)
        {
            var line = new System.Text.StringBuilder();
            int next;
            for (var read = 0; read < ReadBytes && (next = reader.Read()) is not (-1 or '\n'); read++)
            {
                if (line.Length <= LongestCell)
                    line.Append((char)next);
            }

            if (line.ToString().TrimEnd('\r') is { } text && !string.IsNullOrWhiteSpace(text))
                Add([Shorten(text)]);
            return null;
        }

        private string? ReadRecord(CsvParser parser)
        {
            if (parser.ReadRow() is not { } record)
                return null;
            if (record.Problem is not null)
                return $"Line {record.Line}: {record.Problem}.";
            Add([.. record.Fields.Take(_columns.Count).Select(Shorten)]);
            return null;
        }

        /// <summary>Columns of one name stay apart, so that cells stay under their own.</summary>
        private void AddColumn(string name)
        {
            var unique = name;
            for (var copy = 2; !_columns.TryAdd(unique, _columns.Count); copy++)
                unique = $"{name} ({copy})";
        }

        private string? ReadJson(StrictUtf8Reader reader)
        {
            var number = reader.Line;
            if (reader.ReadLine() is not { } line || string.IsNullOrWhiteSpace(line))
                return null;
            var (row, problem) = JsonRow.Parse(line);
            using (row)
            {
                if (row is null)
                    return $"Line {number}: {problem}.";
                var cells = new List<string?>();
                foreach (var member in _rows.Count < most ? row.RootElement.EnumerateObject() : [])
                    Place(member, cells);
                Add(cells);
            }

            return null;
        }

        private void Place(JsonProperty member, List<string?> cells)
        {
            var name = Shorten(member.Name);
            if (!_columns.TryGetValue(name, out var column))
            {
                if (_columns.Count == MostColumns)
                    return;
                _columns.Add(name, column = _columns.Count);
            }

            while (cells.Count <= column)
                cells.Add(null);
            cells[column] = Shorten(member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText());
        }

        private void Add(List<string?> cells)
        {
            _count++;
            if (_rows.Count < most)
                _rows.Add(cells);
        }
    }
}
