using System.Text.Json;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Runs;

namespace AdapterHub.Web.Api.Runs;

/// <summary>Views of the catalogue as records of the wire.</summary>
internal static class RunRecords
{
    public static HubRun Record(RunView run) => new()
    {
        Id = run.Id, Name = run.Name, Owner = run.Owner, User = run.User, Kind = run.Kind.ToString().ToLowerInvariant(), State = Record(run.State),
        Public = run.IsPublic, Priority = run.Priority, Base = run.Base, Target = run.Target, CreatedAt = run.CreatedAt, StartedAt = run.StartedAt,
        FinishedAt = run.FinishedAt, Worker = run.Worker, Attempt = run.Attempt, LastNumber = run.LastNumber, Step = run.Step, Steps = run.Steps, Loss = run.Loss,
        HeldOutLoss = run.HeldOutLoss, SecondsLeft = run.SecondsLeft, TokensPerSecond = run.TokensPerSecond, Message = run.Message, Sweep = run.SweepId, Result = run.Result, ResultCommit = run.ResultCommit,
    };

    public static HubRunDetail Record(RunDetail detail) => new(
        Record(detail.Run), Parse(detail.SpecJson), detail.After,
        [.. detail.Sources.Select(source => new HubRunSource(source.Reference, Word(source.Relation), source.CommitId))],
        [.. detail.Checkpoints.Select(checkpoint => new HubRunCheckpoint(checkpoint.Step, checkpoint.CreatedAt, checkpoint.Bytes))], detail.CanAct,
        detail.Followers.Count > 0 ? [.. detail.Followers.Select(run => run.Id)] : null);

    public static HubMetric Record(MetricSeries series) =>
        new(series.Name, series.Count, [.. series.Points.Select(point => point.Step)], [.. series.Points.Select(point => point.Value)]);

    public static HubWorker Record(WorkerView worker) => new(
        worker.Id, worker.Name, worker.Ending, worker.CreatedAt, worker.HasGpu, worker.LastSeenAt, worker.Device, worker.MemoryBytes, worker.Version, worker.RunId);

    public static HubSweep Record(SweepView sweep) => new(
        sweep.Id, sweep.Name, sweep.Owner, sweep.CreatedAt, [.. sweep.Runs.Select(one => new HubSweepRun(one.Label, Record(one.Run)))], sweep.CanAct, sweep.User, sweep.Best?.Run.Id);

    public static HubForecast Record(RunOutlook outlook, string currency) => new()
    {
        Tokens = outlook.Text.Tokens, TokensFrom = outlook.Text.Basis.ToString().ToLowerInvariant(), Steps = outlook.Forecast.Steps, BatchSize = outlook.Forecast.BatchSize,
        SequenceLength = outlook.Forecast.SequenceLength, TokensRead = outlook.Forecast.TokensRead, Readings = outlook.Forecast.Readings, TrainedParameters = outlook.Forecast.TrainedParameters,
        Worker = outlook.Worker?.Name, WorkerMemoryBytes = outlook.Worker?.MemoryBytes, MemoryBytes = outlook.Forecast.MemoryBytes,
        Memory = outlook.Forecast.Memory switch { MemoryVerdict.Fits => "fits", MemoryVerdict.Tight => "tight", MemoryVerdict.TooLarge => "too-large", _ => "unknown" },
        TokensPerSecond = outlook.Worker?.Speed?.TokensPerSecond, SpeedFrom = outlook.Worker?.Speed?.Source, Seconds = outlook.Forecast.Seconds, Price = outlook.Forecast.Price,
        Currency = outlook.Forecast.Price is null ? null : currency, Warnings = outlook.Forecast.Warnings,
    };

    private static string Word(LineageRelation relation) => relation switch { LineageRelation.BaseModel => "base-model", LineageRelation.BlendParent => "adapter", _ => "dataset" };

    /// <summary>Both have the same states by the same names.</summary>
    public static HubRunState Record(RunState state) => Enum.Parse<HubRunState>(state.ToString());

    public static RunState Stored(this HubRunState state) => Enum.Parse<RunState>(state.ToString());

    public static JsonElement Parse(string json) => JsonSerializer.Deserialize(json, RunJson.Default.JsonElement);
}
