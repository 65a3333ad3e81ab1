using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AdapterHub.Formats.Inspection.Anatomy;

/// <summary><c>{"parameters":n,"share":x,"modules":[{"path":..,"rank":r,"norm":x,"erank":x,"sigma":[..],"dora":true,"bias":true}]}</c>; what is absent or false is left out.</summary>
internal static class AdapterAnatomyJson
{
    private const int MostSingularValues = 32;
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(AdapterAnatomy anatomy)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            writer.WriteStartObject();
            writer.WriteNumber("parameters", anatomy.Parameters);
            WriteNumber(writer, "share", anatomy.ShareOfBase);
            writer.WriteStartArray("modules");
            foreach (var module in anatomy.Modules)
                Write(writer, module);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static AdapterAnatomy Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        try
        {
            var root = document.RootElement;
            return new AdapterAnatomy(
                [.. root.GetProperty("modules").EnumerateArray().Select(ReadModule)], root.GetProperty("parameters").GetInt64(), FindNumber(root, "share"));
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new JsonException("This is no anatomy of an adapter.", exception);
        }
    }

    private static void Write(Utf8JsonWriter writer, ModuleAnatomy module)
    {
        writer.WriteStartObject();
        writer.WriteString("path", module.Path);
        writer.WriteNumber("rank", module.Rank);
        WriteNumber(writer, "norm", module.Norm);
        WriteNumber(writer, "erank", module.EffectiveRank);
        if (module.SingularValues.Length > 0)
        {
            writer.WriteStartArray("sigma");
            foreach (var value in module.SingularValues.Take(MostSingularValues))
                writer.WriteRawValue(Format(value));
            writer.WriteEndArray();
        }

        if (module.IsDora)
            writer.WriteBoolean("dora", true);
        if (module.HasBias)
            writer.WriteBoolean("bias", true);
        writer.WriteEndObject();
    }

    private static ModuleAnatomy ReadModule(JsonElement module) => new()
    {
        Path = module.GetProperty("path").GetString()!,
        Rank = module.GetProperty("rank").GetInt32(),
        Norm = module.GetProperty("norm").GetDouble(),
        EffectiveRank = FindNumber(module, "erank"),
        SingularValues = module.TryGetProperty("sigma", out var values) ? [.. values.EnumerateArray().Select(value => value.GetDouble())] : ImmutableArray<double>.Empty,
        IsDora = module.TryGetProperty("dora", out var dora) && dora.GetBoolean(),
        HasBias = module.TryGetProperty("bias", out var bias) && bias.GetBoolean(),
    };

    private static void WriteNumber(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is not { } number)
            return;
        writer.WritePropertyName(name);
        writer.WriteRawValue(Format(number));
    }

    private static double? FindNumber(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? value.GetDouble() : null;

    private static string Format(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
