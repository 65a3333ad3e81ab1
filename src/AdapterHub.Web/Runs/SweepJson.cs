using System.Text.Json;
using System.Text.Json.Serialization;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Runs;

/// <summary>What was asked for, as it is kept with a sweep.</summary>
internal sealed record SweepRequest(TrainSpec Spec, SweepPlan Plan, string Target);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SweepRequest))]
internal sealed partial class SweepJson : JsonSerializerContext;
