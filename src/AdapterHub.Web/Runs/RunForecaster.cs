using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Runs;
using AdapterHub.Catalog.Storage;
using AdapterHub.Formats.Sizing;
using AdapterHub.Protocol.Inference;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Inference;

namespace AdapterHub.Web.Runs;

/// <summary>A forecast with what it was made from.</summary>
/// <param name="Worker">That will most probably take the run; null where none is here.</param>
public sealed record RunOutlook(RunForecast Forecast, ForecastText Text, ForecastWorker? Worker)
{
    /// <summary>Workers that may take it as well, each with its own forecast.</summary>
    public IReadOnlyList<(ForecastWorker Worker, RunForecast Forecast)> Others { get; init; } = [];

    /// <summary>Of the base; null where its config could not be read.</summary>
    public ModelSizes? Model { get; init; }

    /// <summary>First documents as the tokenizer sees them; empty where nobody counted.</summary>
    public IReadOnlyList<MeasuredRow> Rows { get; init; } = [];
}

/// <summary>Settings <c>Runs:Prices</c> of the hub: what an hour of a worker costs.</summary>
public sealed record RunPrices
{
    /// <summary>Stands after the figure.</summary>
    public string Currency { get; set; } = "EUR";

    /// <summary>By a worker's name; <c>*</c> for all that are not named.</summary>
    public Dictionary<string, double> Hourly { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    public double? Find(string worker) => Hourly.TryGetValue(worker, out var price) || Hourly.TryGetValue("*", out price) ? price : null;
}

/// <summary>Tells memory, time and cost of a run before it starts: on the workers that the hub knows, at the speeds that it measured.</summary>
public sealed class RunForecaster
{
    private const int ShownRows = 5;
    private const int ShownWorkers = 4;

    /// <summary>A worker asks for runs at least twice a minute, and that it was seen is written once a minute.</summary>
    private static readonly TimeSpan Away = TimeSpan.FromMinutes(3);

    private readonly RunInputReader _inputs;
    private readonly RunSummaries _summaries;
    private readonly WorkerRegistry _workers;
    private readonly TextMeasures _measures;
    private readonly BlobStore _blobs;
    private readonly TimeProvider _time;

    internal RunForecaster(RunInputReader inputs, RunSummaries summaries, WorkerRegistry workers, TextMeasures measures, BlobStore blobs, RunPrices prices, TimeProvider time) =>
        (_inputs, _summaries, _workers, _measures, _blobs, Prices, _time) = (inputs, summaries, workers, measures, blobs, prices, time);

    public RunPrices Prices { get; }

    /// <summary>Counts the text with the base's own tokenizer. Takes a moment: the engine may have to start.</summary>
    /// <param name="pasted">A text that was not sent yet; null where the spec names files.</param>
    /// <returns>Null where no engine can be had.</returns>
    /// <exception cref="CatalogException">Invalid: rows that training would refuse; and as <see cref="RunDesk.StartAsync"/>.</exception>
    public async Task<TextMeasured?> CountAsync(Actor actor, string owner, TrainSpec spec, string? pasted, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var inputs = await _inputs.ReadAsync(actor, owner, spec.Base, pasted is null ? spec.Data.Files : [], cancel);
        return await _measures.FindAsync(inputs, pasted, spec.Data, ShownRows, cancel);
    }

    /// <param name="measured">As <see cref="CountAsync"/> told; null estimates tokens from bytes.</param>
    /// <param name="pastedBytes">Of a text that was not sent yet.</param>
    /// <exception cref="CatalogException">As <see cref="RunDesk.StartAsync"/>: a name is not there.</exception>
    public async Task<RunOutlook> ForecastAsync(Actor actor, string owner, TrainSpec spec, TextMeasured? measured, long? pastedBytes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var inputs = await _inputs.ReadAsync(actor, owner, spec.Base, pastedBytes is null ? spec.Data.Files : [], cancel);
        var model = await FindSizesAsync(inputs, cancel);
        var bytes = pastedBytes ?? inputs.Texts.Sum(file => file.Length);
        var text = measured is null ? ForecastText.OfBytes(bytes)
            : new ForecastText(bytes, measured.Tokens, measured.IsWhole ? TokenBasis.Counted : TokenBasis.Sample) { Documents = measured.Documents, Lengths = measured.Lengths };
        var workers = await FindWorkersAsync(actor, inputs.BaseName, spec, model, cancel);
        return new RunOutlook(RunForecast.Of(spec, text, model, workers.FirstOrDefault()), text, workers.FirstOrDefault())
        {
            Others = [.. workers.Skip(1).Take(ShownWorkers - 1).Select(worker => (worker, RunForecast.Of(spec, text, model, worker)))],
            Rows = measured?.Rows ?? [],
            Model = model,
        };
    }

    private async Task<ModelSizes?> FindSizesAsync(RunInputs inputs, CancellationToken cancel)
    {
        var config = inputs.Base.First(file => file.Path == "config.json");
        try
        {
            return ModelSizes.Find(await File.ReadAllBytesAsync(_blobs.PathOf(config.Digest), cancel));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Those that are here and may take it: free ones first, then the fastest, as they will ask for it.</summary>
    private async Task<List<ForecastWorker>> FindWorkersAsync(Actor actor, string baseName, TrainSpec spec, ModelSizes? model, CancellationToken cancel)
    {
        var needsGpu = spec.Device.StartsWith("cuda", StringComparison.OrdinalIgnoreCase);
        var now = _time.GetUtcNow();
        var speeds = await _summaries.ReadSpeedsAsync(actor, baseName, cancel);
        return [.. (await _workers.ListAsync(actor, cancel))
            .Where(worker => worker.LastSeenAt is { } seen && now - seen < Away && (worker.HasGpu || !needsGpu))
            .Select(worker => (View: worker, Forecast: new ForecastWorker(worker.Name, worker.HasGpu, worker.MemoryBytes)
            {
                Speed = TrainingSpeed.Find(speeds, worker.Name, worker.HasGpu, worker.Device, model?.Parameters), HourlyPrice = Prices.Find(worker.Name),
            }))
            .OrderBy(one => one.View.RunId is not null).ThenByDescending(one => one.Forecast.Speed?.TokensPerSecond ?? 0).Select(one => one.Forecast)];
    }
}
