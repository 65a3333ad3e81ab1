namespace AdapterHub.Engine.Training.Datasets;

/// <summary>How far the reading of all files has come.</summary>
/// <param name="Path">The file being read.</param>
/// <param name="Records">Documents, or parts of large ones, so far.</param>
/// <param name="Share">0 to 1, by size; approximate inside a file.</param>
public sealed record DatasetProgress(string Path, long Records, double Share);

/// <summary>Estimates progress from the text that has been read: a UTF-16 unit stands for one to three bytes of the file.</summary>
internal sealed class ProgressMeter(IReadOnlyList<DatasetFile> files, IProgress<DatasetProgress>? progress)
{
    private const long Interval = 1 << 20;

    private readonly long _total = Math.Max(1, files.Sum(file => file.Length));
    private int _file;
    private long _finished;
    private long _inFile;
    private long _reported;
    private long _records;

    public void Count(DatasetRecord record)
    {
        if (progress is null)
            return;
        while (files[_file].Path != record.Path)
        {
            _finished += files[_file++].Length;
            _inFile = 0;
        }

        _records++;
        _inFile = Math.Min(files[_file].Length, _inFile + Length(record));
        if (_finished + _inFile - _reported < Interval)
            return;
        _reported = _finished + _inFile;
        progress.Report(new DatasetProgress(record.Path, _records, (double)_reported / _total));
    }

    public void Complete() => progress?.Report(new DatasetProgress(files[^1].Path, _records, 1));

    private static long Length(DatasetRecord record) => record switch
    {
        TextRecord text => text.Text.Length,
        CompletionRecord pair => pair.Prompt.Length + pair.Completion.Length,
        ChatRecord chat => chat.Messages.Sum(message => message.Content.Length),
        _ => 0,
    };
}
