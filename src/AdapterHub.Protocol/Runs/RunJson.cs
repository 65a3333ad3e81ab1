using System.Text.Json;
using System.Text.Json.Serialization;
using AdapterHub.Protocol.Workers;

namespace AdapterHub.Protocol.Runs;

/// <summary>The records about runs and workers as JSON, by the rules of <see cref="Hub.HubJson"/>.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HubNewRun))]
[JsonSerializable(typeof(HubForecast))]
[JsonSerializable(typeof(HubNewSweep))]
[JsonSerializable(typeof(HubSweep))]
[JsonSerializable(typeof(HubSweepPage))]
[JsonSerializable(typeof(HubRunCopy))]
[JsonSerializable(typeof(HubPriority))]
[JsonSerializable(typeof(HubCheckpointTarget))]
[JsonSerializable(typeof(HubPublishedCheckpoint))]
[JsonSerializable(typeof(HubSentFile))]
[JsonSerializable(typeof(HubRun))]
[JsonSerializable(typeof(HubRunPage))]
[JsonSerializable(typeof(HubRunDetail))]
[JsonSerializable(typeof(IReadOnlyList<HubMetric>))]
[JsonSerializable(typeof(IReadOnlyList<HubWorker>))]
[JsonSerializable(typeof(HubNewWorker))]
[JsonSerializable(typeof(HubIssuedWorker))]
[JsonSerializable(typeof(WorkerHello))]
[JsonSerializable(typeof(WorkerWelcome))]
[JsonSerializable(typeof(LeasedRun))]
[JsonSerializable(typeof(LeaseAnswer))]
[JsonSerializable(typeof(NewCheckpoint))]
[JsonSerializable(typeof(LeaseEnd))]
[JsonSerializable(typeof(IReadOnlyList<JsonElement>))]
public sealed partial class RunJson : JsonSerializerContext;
