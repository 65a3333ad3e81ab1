using System.Globalization;
using AdapterHub.Formats.Inspection.Datasets;
using AdapterHub.Formats.Text;

namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>The files of a dataset: rows that can be read by whoever trains on them.</summary>
internal sealed class DatasetUpload(IReadOnlyList<UploadFile> files, UploadFindings findings, CancellationToken cancellation)
{
    private const int MostListed = 5;
    private const string MendRows = "Mend the rows; nothing can be trained on a file of which a part is unreadable.";

    public void Check()
    {
        var rows = files.Where(file => DatasetFormats.Find(file.Path) is not null).ToList();
        if (rows.Count == 0)
            findings.Warn(null, "there are no rows in it", "Add text (.txt), JSON lines (.jsonl), .csv or .parquet.");
        foreach (var file in rows.Where(file => !file.IsKnown && file.Length > 0 && !findings.IsRefused(file.Path)))
            Check(file, DatasetFormats.Find(file.Path)!.Value);
    }

    private void Check(UploadFile file, DatasetFormat format)
    {
        try
        {
            if (format == DatasetFormat.Parquet)
            {
                CheckParquet(file);
                return;
            }

            using var reader = new StrictUtf8Reader(file.LocalPath, DatasetFormats.LongestRow);
            switch (format)
            {
                case DatasetFormat.Text:
                    CheckText(file, reader);
                    break;
                case DatasetFormat.JsonLines:
                    CheckJsonLines(file, reader);
                    break;
                default:
                    CheckCsv(file, new CsvParser(reader, format.Delimiter(), DatasetFormats.LongestRow));
                    break;
            }
        }
        catch (TextFileException exception)
        {
            findings.Refuse(file.Path, exception.Problem, "Save it as UTF-8 text with one row a line.", Line(exception.Line));
        }
    }

    private void CheckText(UploadFile file, StrictUtf8Reader reader)
    {
        var buffer = new char[1 << 15];
        var visible = false;
        for (int read; (read = reader.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            visible |= !buffer.AsSpan(0, read).IsWhiteSpace();
            if (buffer.AsSpan(0, read).Contains('\0'))
            {
                findings.Refuse(file.Path, "it holds zero bytes, so it is no text", "Upload plain text in UTF-8.", Line(reader.Line));
                return;
            }
        }

        if (!visible)
            findings.Warn(file.Path, "there is no text in it, only white space", "Leave it out.");
    }

    private void CheckJsonLines(UploadFile file, StrictUtf8Reader reader)
    {
        var (rows, bad) = (0L, 0L);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var number = reader.Line;
            if (reader.ReadLine() is not { } line)
                break;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            rows++;
            var (row, problem) = JsonRow.Parse(line);
            row?.Dispose();
            if (problem is not null && ++bad <= MostListed)
                findings.Refuse(file.Path, problem, MendRows, Line(number));
        }

        CloseRows(file, rows, bad);
    }

    private void CheckCsv(UploadFile file, CsvParser parser)
    {
        if (parser.ReadRow() is not { } header)
        {
            findings.Warn(file.Path, "there are no rows in it", "Leave it out.");
            return;
        }

        if (header.Problem is not null)
        {
            findings.Refuse(file.Path, header.Problem, MendRows, Line(header.Line));
            return;
        }

        CheckHeader(file, header.Fields);
        var (rows, bad) = (0L, 0L);
        while (parser.ReadRow() is { } row)
        {
            cancellation.ThrowIfCancellationRequested();
            rows++;
            if (row.Problem is null && row.Fields.Count == header.Fields.Count)
                continue;
            if (++bad <= MostListed && row.Problem is null)
                findings.Refuse(file.Path, "the row has another number of fields than the header", MendRows, Line(row.Line), $"{header.Fields.Count}", $"{row.Fields.Count}");
            else if (row.Problem is not null)
            {
                // Behind a broken quote nothing can be told apart any more.
                findings.Refuse(file.Path, row.Problem, MendRows, Line(row.Line));
                break;
            }
        }

        CloseRows(file, rows, bad);
    }

    private void CheckHeader(UploadFile file, IReadOnlyList<string> names)
    {
        const string advice = "The first line names the columns, each with a name of its own.";
        if (names.Any(string.IsNullOrWhiteSpace))
            findings.Warn(file.Path, "a column has no name", advice, Line(1));
        if (names.GroupBy(name => name.Trim(), StringComparer.Ordinal).FirstOrDefault(group => group.Key.Length > 0 && group.Skip(1).Any()) is { } twice)
            findings.Warn(file.Path, "two columns have the same name", advice, Line(1), found: twice.Key);
        if (names is [var only] && only.AsSpan().IndexOfAny(';', '\t', '|') is >= 0 and var at)
            findings.Warn(file.Path, "it has one column, whose name holds what looks like a delimiter", "Part the columns with commas, or name the file .tsv for tabs.", Line(1), ",", $"{only[at]}");
    }

    private void CloseRows(UploadFile file, long rows, long bad)
    {
        if (bad > MostListed)
            findings.Refuse(file.Path, string.Create(CultureInfo.InvariantCulture, $"{bad - MostListed} more of {rows} rows cannot be read"), MendRows);
        if (rows == 0)
            findings.Warn(file.Path, "there are no rows in it", "Leave it out.");
    }

    /// <summary>PAR1, the columns, the footer, its length in four bytes, PAR1 (parquet-format README, "File format").</summary>
    private void CheckParquet(UploadFile file)
    {
        using var handle = File.OpenHandle(file.LocalPath);
        Span<byte> ends = stackalloc byte[12];
        var isParquet = file.Length >= 12 && RandomAccess.Read(handle, ends[..4], 0) == 4 && RandomAccess.Read(handle, ends[4..], file.Length - 8) == 8
            && ends[..4].SequenceEqual("PAR1"u8) && ends[8..].SequenceEqual("PAR1"u8)
            && System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(ends[4..]) is > 0 and var footer && footer <= file.Length - 12;
        if (isParquet)
            findings.Note(file.Path, "Parquet is kept and offered for download; its rows are not shown here", "Add the same rows as JSON lines if people should see them.");
        else
            findings.Refuse(file.Path, "this is no Parquet file, or a part of one", "Upload the whole file again.", expected: "PAR1 at both ends");
    }

    private static string? Line(long? number) => number is null ? null : string.Create(CultureInfo.InvariantCulture, $"line {number}");
}
