using AdapterHub.Formats.Text;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>
/// Reads examples from files one after another, without holding a file in memory. Bad rows do not stop the reading: all findings of all files come
/// together in one <see cref="DatasetException"/>, thrown where the sequence ends, so that nobody trains on half the data by mistake.
/// </summary>
public sealed class DatasetReader
{
    private readonly IReadOnlyList<DatasetFile> _files;
    private readonly DatasetOptions _options;

    /// <exception cref="DatasetException">As <see cref="DatasetFiles.Resolve"/>; or options that contradict themselves.</exception>
    public DatasetReader(IEnumerable<string> paths, DatasetOptions? options = null)
    {
        _options = options ?? new DatasetOptions();
        if (_options.Split == TextSplit.SeparatorLine && string.IsNullOrWhiteSpace(_options.Separator))
            throw new DatasetException("the separator line is empty; to split at blank lines choose paragraphs");
        if (_options.CsvDelimiter is '"' or '\r' or '\n')
            throw new DatasetException("the delimiter of .csv files cannot be a quote or a line end");
        _files = DatasetFiles.Resolve(paths);
    }

    public IReadOnlyList<DatasetFile> Files => _files;

    public DatasetOptions Options => _options;

    /// <summary>Records in the order of files and lines. Enumerating again reads the files again.</summary>
    /// <exception cref="DatasetException">At the end: every bad row and unreadable file.</exception>
    public IEnumerable<DatasetRecord> ReadRecords()
    {
        var findings = new FindingList();
        foreach (var record in ReadFiles(findings))
            yield return record;
        findings.ThrowIfAny();
    }

    /// <summary>As <see cref="ReadRecords"/>, tokenised.</summary>
    /// <param name="encoder">Makes token ids of records.</param>
    /// <param name="progress">Told about every mebibyte of text, and at the end.</param>
    /// <exception cref="DatasetException">At the end: every bad row and unreadable file.</exception>
    public IEnumerable<TokenizedExample> ReadExamples(ExampleEncoder encoder, IProgress<DatasetProgress>? progress = null)
    {
        var findings = new FindingList();
        var meter = new ProgressMeter(_files, progress);
        foreach (var record in ReadFiles(findings))
        {
            meter.Count(record);
            if (TryEncode(encoder, record, findings) is { } example)
                yield return example;
        }

        findings.ThrowIfAny();
        meter.Complete();
    }

    private static TokenizedExample? TryEncode(ExampleEncoder encoder, DatasetRecord record, FindingList findings)
    {
        try
        {
            return encoder.Encode(record);
        }
        catch (DatasetException failure)
        {
            findings.Add(failure);
            return null;
        }
    }

    private IEnumerable<DatasetRecord> ReadFiles(FindingList findings)
    {
        foreach (var file in _files)
        {
            var before = findings.Count;
            var records = 0L;
            using var rows = Open(file, findings).GetEnumerator();
            while (TryMoveNext(rows, findings))
            {
                records++;
                yield return rows.Current;
            }

            if (records == 0 && findings.Count == before)
                findings.Add(file.Path, null, file.Length == 0 ? "the file is empty" : "there is no text in it, only white space");
        }
    }

    private static bool TryMoveNext(IEnumerator<DatasetRecord> rows, FindingList findings)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (DatasetException failure)
        {
            findings.Add(failure);
            return false;
        }
        catch (TextFileException failure)
        {
            findings.Add(failure.Path, failure.Line, failure.Problem);
            return false;
        }
    }

    private IEnumerable<DatasetRecord> Open(DatasetFile file, FindingList findings) => file.Kind switch
    {
        DatasetFileKind.Text => TextFileReader.Read(file.Path, _options),
        DatasetFileKind.JsonLines => JsonLinesReader.Read(file.Path, _options, findings),
        _ => CsvReader.Read(file.Path, _options, findings),
    };
}
