using System.Globalization;
using AdapterHub.Formats.Text;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>Rows of a <c>.csv</c> file by the names in its first record, which has to be a header.</summary>
internal static class CsvReader
{
    public static IEnumerable<DatasetRecord> Read(string path, DatasetOptions options, FindingList findings)
    {
        using var reader = new StrictUtf8Reader(path);
        var parser = new CsvParser(reader, options.CsvDelimiter);
        if (parser.ReadRow() is not { } header)
            yield break;
        if (header.Problem is not null)
            throw new DatasetException(path, header.Line, header.Problem);
        var names = header.Fields.Select(name => name.Trim()).ToList();
        var (text, prompt, completion) = FindColumns(path, header.Line, names, options.Fields);
        var rows = 0L;
        while (parser.ReadRow() is { } row)
        {
            rows++;
            var problem = row.Problem ?? FindProblem(row, names, text ?? completion!.Value);
            if (problem is not null)
                findings.Add(path, row.Line, problem);
            else if (text is { } at)
                yield return new TextRecord(path, row.Line, row.Fields[at], RowFit.Keep);
            else
                yield return new CompletionRecord(path, row.Line, row.Fields[prompt!.Value], row.Fields[completion!.Value]);
        }

        if (rows == 0)
            throw new DatasetException(path, header.Line, "has a header and no rows");
    }

    private static string? FindProblem(CsvRow row, List<string> header, int trained)
    {
        if (row.Fields.Count != header.Count)
            return string.Create(CultureInfo.InvariantCulture, $"has {row.Fields.Count} fields, the header has {header.Count}");
        return string.IsNullOrWhiteSpace(row.Fields[trained]) ? $"\"{header[trained]}\" is empty" : null;
    }

    private static (int? Text, int? Prompt, int? Completion) FindColumns(string path, long line, List<string> header, FieldNames names)
    {
        var text = Find(path, line, header, names.TextOrDefault);
        var prompt = Find(path, line, header, names.PairOrDefault?.Prompt);
        var completion = Find(path, line, header, names.PairOrDefault?.Completion);
        var hasPair = prompt is not null && completion is not null;
        if (names.TextOrDefault is null && names.PairOrDefault is null)
            throw new DatasetException(path, line, "conversations are not read from .csv; name a text column, or a prompt and a completion column");
        if (text is null && !hasPair)
            throw new DatasetException(path, line, $"no column {FieldChoice.Describe(names, withMessages: false)}; the header has {FieldChoice.List(header)}");

        if (text is not null && (prompt ?? completion) is not null)
            throw new DatasetException(path, line, $"has columns for more than one of {FieldChoice.Describe(names, withMessages: false)}; name the column to use");
        return (text, prompt, completion);
    }

    private static int? Find(string path, long line, List<string> header, string? name)
    {
        if (name is null || header.IndexOf(name) is var at && at < 0)
            return null;
        return header.LastIndexOf(name) == at ? at : throw new DatasetException(path, line, $"the column \"{name}\" occurs twice");
    }
}
