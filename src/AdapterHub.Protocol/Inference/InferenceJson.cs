using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Inference;

/// <summary>Lanes and the engine as JSON: camelCase, absent instead of null, one line.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LaneEvent))]
[JsonSerializable(typeof(LaneRequest))]
[JsonSerializable(typeof(LaneScoring))]
[JsonSerializable(typeof(EngineRequest))]
[JsonSerializable(typeof(EngineProblem))]
[JsonSerializable(typeof(EngineStatus))]
[JsonSerializable(typeof(EngineStarted))]
[JsonSerializable(typeof(EngineTextRequest))]
[JsonSerializable(typeof(TextMeasured))]
public sealed partial class InferenceJson : JsonSerializerContext;
