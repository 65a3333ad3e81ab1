using System.Text.Json;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Api.Runs;

/// <summary>Views of the catalogue as records of the wire.</summary>
internal static class RunRecords
{
    public static HubRun Record(RunView run) => new()
    {
        Id = run.Id, Name = run.Name, Owner = run.Owner, User = run.User, Kind = run.Kind.ToString().ToLowerInvariant(), State = Record(run.State),
        Public = run.IsPublic, Priority = run.Priority, Base = run.Base, Target = run.Target, CreatedAt = run.CreatedAt, StartedAt = run.StartedAt,
        FinishedAt = run.FinishedAt, Worker = run.Worker, Attempt = run.Attempt, LastNumber = run.LastNumber, Step = run.Step, Steps = run.Steps, Loss = run.Loss,
        HeldOutLoss = run.HeldOutLoss, SecondsLeft = run.SecondsLeft, TokensPerSecond = run.TokensPerSecond, Message = run.Message, Result = run.Result, ResultCommit = run.ResultCommit,
    };

    public static HubRunDetail Record(RunDetail detail) => new(
        Record(detail.Run), Parse(detail.SpecJson), detail.After,
        [.. detail.Sources.Select(source => new HubRunSource(source.Reference, Word(source.Relation), source.CommitId))],
        [.. detail.Checkpoints.Select(checkpoint => new HubRunCheckpoint(checkpoint.Step, checkpoint.CreatedAt, checkpoint.Bytes))], detail.CanAct);

    public static HubMetric Record(MetricSeries series) =>
        new(series.Name, series.Count, [.. series.Points.Select(point => point.Step)], [.. series.Points.Select(point => point.Value)]);

    public static HubWorker Record(WorkerView worker) => new(
        worker.Id, worker.Name, worker.Ending, worker.CreatedAt, worker.HasGpu, worker.LastSeenAt, worker.Device, worker.MemoryBytes, worker.Version, worker.RunId);

    private static string Word(LineageRelation relation) => relation switch { LineageRelation.BaseModel => "base-model", LineageRelation.BlendParent => "adapter", _ => "dataset" };

    /// <summary>Both have the same states by the same names.</summary>
    public static HubRunState Record(RunState state) => Enum.Parse<HubRunState>(state.ToString());

    public static RunState Stored(this HubRunState state) => Enum.Parse<RunState>(state.ToString());

    public static JsonElement Parse(string json) => JsonSerializer.Deserialize(json, RunJson.Default.JsonElement);
}
