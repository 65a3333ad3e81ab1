using AdapterHub.Engine.Inference.Lanes;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Protocol.Inference;
using AdapterHub.Torch;

namespace AdapterHub.Worker.Inference;

/// <summary>A base model in memory with its tokenizer, its adapters, and the thread that works on its lanes.</summary>
internal sealed class ResidentModel : IDisposable
{
    private readonly LaneBatch _batch;
    private readonly FairQueue _queue;
    private readonly ModelThread _thread;
    private readonly long _weightBytes;
    private long _batchBytes;

    private ResidentModel(string name, CausalModel model, Tokenizer tokenizer, TokenizerSettings settings, EngineOptions options, SourceFolders folders)
    {
        (Name, Model, Tokenizer, Settings) = (name, model, tokenizer, settings);
        _weightBytes = model.Weights.Sum(weight => weight.Value.ByteCount);
        Adapters = new AdapterCache(model, folders, options.MostAdapters);
        _batch = new LaneBatch(model, new LaneBatchOptions
        {
            MostRows = options.MostRows,
            CachePositions = Math.Max(options.CachePositions, model.Config.ContextLength),
            PassTokens = model.Device.IsCuda ? 2048 : 256,
        });
        _queue = new FairQueue(options.MostWaiting, options.MostWaitingOfAUser);
        _thread = new ModelThread(_batch, _queue, BetweenPasses);
    }

    public string Name { get; }

    public CausalModel Model { get; }

    public Tokenizer Tokenizer { get; }

    public TokenizerSettings Settings { get; }

    public AdapterCache Adapters { get; }

    public long Bytes => _weightBytes + Interlocked.Read(ref _batchBytes) + Adapters.Bytes;

    public EngineModel State => new(Name, Bytes, Adapters.Count, _thread.Rows, _queue.Count);

    /// <exception cref="Formats.AdapterFormatException">The folder holds no model that can be run.</exception>
    public static ResidentModel Load(string name, string folder, EngineOptions options, SourceFolders folders)
    {
        var tokenizerFile = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(tokenizerFile))
            throw new RunInputException($"{name} has no tokenizer.json, without which no text can be read.");
        var tokenizer = Tokenizer.Load(tokenizerFile);
        var settings = TokenizerSettings.Read(folder);
        var model = CausalModel.Load(folder, options.Device, options.Type);
        if (tokenizer.VocabularySize <= model.Config.VocabularySize)
            return new ResidentModel(name, model, tokenizer, settings, options, folders);
        model.Dispose();
        throw new RunInputException($"{name}: its tokenizer has {tokenizer.VocabularySize} tokens, its embedding {model.Config.VocabularySize} rows.");
    }

    /// <summary>Why no batch could take the row, or null.</summary>
    public string? FindObstacle(LaneRow row) => _batch.FindObstacle(row);

    /// <exception cref="EngineBusyException">Too many wait.</exception>
    public void Submit(LaneJob job) => _thread.Submit(job);

    public void Wake() => _thread.Wake();

    public void Dispose()
    {
        _thread.Dispose();
        _batch.Dispose();
        Adapters.Dispose();
        Model.Dispose();
        if (!Model.Device.IsCuda)
            TorchRuntime.ReleaseCachedCpuMemory();
    }

    private void BetweenPasses()
    {
        Adapters.Trim(_batch);
        Interlocked.Exchange(ref _batchBytes, _batch.Bytes);
    }
}
