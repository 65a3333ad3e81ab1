using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AdapterHub.Cli.Inspection;
using AdapterHub.Cli.Serving;
using AdapterHub.Cli.Verbs;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Hub;
using AdapterHub.Protocol.Inference;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Output;

/// <summary>JSON of results that never cross the wire.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(AdapterInspection))]
[JsonSerializable(typeof(ModelInspection))]
[JsonSerializable(typeof(FileInspection))]
[JsonSerializable(typeof(GeneratedText))]
[JsonSerializable(typeof(TrainedTokenizer))]
[JsonSerializable(typeof(HubStarted))]
[JsonSerializable(typeof(HubLogin))]
[JsonSerializable(typeof(PulledRevision))]
internal sealed partial class CliJson : JsonSerializerContext;

internal static class JsonLines
{
    /// <summary>Text stays readable: only what JSON itself demands is escaped.</summary>
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(ProtocolJson.Default, InferenceJson.Default, CliJson.Default),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Records of the hub's interface look as the hub sends them.</summary>
    private static readonly JsonSerializerOptions OfTheHub = new(HubJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions OfRuns = new(RunJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One object, one line, at once.</summary>
    public static void WriteJson<T>(this Invocation invocation, T value)
    {
        var type = value is RunEvent ? typeof(RunEvent) : typeof(T);
        invocation.IsFailureShown |= value is RunFailed;
        var options = OfTheHub.TryGetTypeInfo(type, out _) ? OfTheHub : OfRuns.TryGetTypeInfo(type, out _) && value is not RunEvent ? OfRuns : Options;
        invocation.Terminal.Out.WriteLine(JsonSerializer.Serialize(value, options.GetTypeInfo(type)));
        invocation.Terminal.Out.Flush();
    }
}
