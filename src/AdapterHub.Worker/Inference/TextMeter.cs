using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Protocol.Inference;
using AdapterHub.Worker.Text;

namespace AdapterHub.Worker.Inference;

/// <summary>
/// Counts the tokens of a text as training would read it, without weights. A long text is read to its end but tokenised in samples spread over it, so that
/// an answer takes seconds whatever its length. One text at a time.
/// </summary>
internal sealed class TextMeter(string workFolder, TimeProvider time) : IDisposable
{
    private const int MostTokenizers = 4;
    private const int MostRows = 20;
    private readonly SourceFolders _folders = new(Directory.CreateDirectory(workFolder).FullName);
    private readonly List<(string Key, ModelConfig Config, Tokenizer Tokenizer, string Path)> _tokenizers = [];
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <exception cref="RunInputException">A setting or a source is at fault.</exception>
    /// <exception cref="DatasetException">Rows cannot be read; every finding.</exception>
    public async Task<TextMeasured> MeasureAsync(EngineTextRequest request, CancellationToken cancel)
    {
        if (request.Rows is < 0 or > MostRows)
            throw new RunInputException($"rows is 0 to {MostRows}; it is {request.Rows}.");
        if (request.Files is null == request.Text is null)
            throw new RunInputException("Give either files or a text to be counted.");
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Measure(request, cancel), cancel).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private TextMeasured Measure(EngineTextRequest request, CancellationToken cancel)
    {
        var (_, config, tokenizer, path) = Find(request.Base);
        var corpus = new TextCorpus(tokenizer, path, TextCorpus.FindEndOfText(config, tokenizer), request.Reading, new RunLog(_ => { }, time));
        if (request.Text is not { } text)
            return Read(corpus, tokenizer, _folders.Find(request.Files!), request.Rows, cancel);
        var folder = Directory.CreateDirectory(Path.Combine(workFolder, $"text-{Guid.NewGuid():N}")).FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "pasted.txt"), text);
            return Read(corpus, tokenizer, folder, request.Rows, cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TextMeasured Read(TextCorpus corpus, Tokenizer tokenizer, string folder, int rows, CancellationToken cancel)
    {
        var reader = corpus.Open([folder]);
        var sample = new TextSample(corpus, tokenizer, reader.Files.Sum(file => LengthOf(file.Path)), rows);
        foreach (var record in reader.ReadRecords())
        {
            cancel.ThrowIfCancellationRequested();
            sample.Add(record);
        }

        return sample.Complete();
    }

    /// <summary>Of the bytes themselves: what stands in the folder is a link to them.</summary>
    private static long LengthOf(string path) => (File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path)).Length;

    /// <summary>Called by one thread at a time.</summary>
    private (string Key, ModelConfig Config, Tokenizer Tokenizer, string Path) Find(EngineSource source)
    {
        var key = SourceFolders.KeyOf(source);
        var index = _tokenizers.FindIndex(one => one.Key == key);
        if (index >= 0)
            return _tokenizers[index];
        var folder = _folders.Find(source);
        var path = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(path))
            throw new RunInputException($"{source.Name} holds no tokenizer.json.");
        if (_tokenizers.Count == MostTokenizers)
            _tokenizers.RemoveAt(0);
        _tokenizers.Add((key, ModelConfig.Read(folder), Tokenizer.Load(path), path));
        return _tokenizers[^1];
    }
}
