using System.Text.Json;
using System.Text.Json.Serialization;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Protocol;

/// <summary>
/// How the records of this project look as JSON: camelCase, absent instead of null, one line. NaN and infinities, which a diverging loss
/// reaches, are the strings "NaN", "Infinity" and "-Infinity".
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(RunSpec))]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(string))]
public sealed partial class ProtocolJson : JsonSerializerContext;
