using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Inspection;

/// <summary>
/// <c>{"modelType":..,"architecture":..,"tensors":[[name, dtype, [sizes], "0-15"], ..]}</c>: tensors that differ only in the last index of
/// their names share an entry, with <c>*</c> for the index and the indices as ranges; others have no fourth element.
/// </summary>
internal static class BaseTensorMapJson
{
    /// <summary>As <see cref="ModulePath.IsIndex"/> has at most six digits.</summary>
    private const int HighestIndex = 1_000_000;
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(BaseTensorMap map)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("modelType", map.ModelType);
            writer.WriteString("architecture", map.Architecture);
            writer.WriteStartArray("tensors");
            foreach (var group in map.Tensors.GroupBy(tensor => (Split(tensor.Key).Template, tensor.Value)).OrderBy(group => group.Key.Template, StringComparer.Ordinal))
                WriteGroup(writer, group.Key.Template, group.Key.Value, [.. group.Select(tensor => tensor.Key)]);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static BaseTensorMap Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        try
        {
            var root = document.RootElement;
            var tensors = new Dictionary<string, TensorOutline>(StringComparer.Ordinal);
            foreach (var entry in root.GetProperty("tensors").EnumerateArray())
            {
                var name = entry[0].GetString()!;
                if (!SafetensorsDtypes.TryParse(entry[1].GetString()!, out var dtype))
                    throw new JsonException($"'{entry[1]}' is no type of a tensor.");
                var outline = new TensorOutline(dtype, [.. entry[2].EnumerateArray().Select(size => size.GetInt64())]);
                foreach (var expanded in entry.GetArrayLength() > 3 ? Expand(name, entry[3].GetString()!) : [name])
                    tensors.Add(expanded, outline);
            }

            return new BaseTensorMap(tensors, root.GetProperty("modelType").GetString(), root.GetProperty("architecture").GetString());
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException or ArgumentException)
        {
            throw new JsonException("This is no tensor map.", exception);
        }
    }

    private static void WriteGroup(Utf8JsonWriter writer, string template, TensorOutline outline, List<string> names)
    {
        // A name that holds a star itself cannot be a template; one alone need not be.
        var plain = names.Count == 1 || names.Any(name => name.Contains('*', StringComparison.Ordinal));
        foreach (var name in plain ? names.Order(StringComparer.Ordinal) : (IEnumerable<string>)[template])
        {
            writer.WriteStartArray();
            writer.WriteStringValue(name);
            writer.WriteStringValue(outline.Dtype.FileName());
            writer.WriteStartArray();
            foreach (var size in outline.Shape)
                writer.WriteNumberValue(size);
            writer.WriteEndArray();
            if (!plain)
                writer.WriteStringValue(Ranges(names.Select(member => Split(member).Index!.Value).Order().ToList()));
            writer.WriteEndArray();
        }
    }

    /// <summary>Cuts the last index out of a name. An index with leading zeros stays, since it would not come back.</summary>
    private static (string Template, int? Index) Split(string name)
    {
        var parts = name.Split('.');
        var at = Array.FindLastIndex(parts, part => ModulePath.IsIndex(part) && (part.Length == 1 || part[0] != '0'));
        if (at < 0)
            return (name, null);
        var index = int.Parse(parts[at], NumberStyles.None, CultureInfo.InvariantCulture);
        parts[at] = "*";
        return (string.Join('.', parts), index);
    }

    private static string Ranges(List<int> indices)
    {
        var text = new StringBuilder();
        for (var i = 0; i < indices.Count;)
        {
            var end = i;
            while (end + 1 < indices.Count && indices[end + 1] == indices[end] + 1)
                end++;
            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{indices[i]}");
            if (end > i)
                text.Append(CultureInfo.InvariantCulture, $"-{indices[end]}");
            i = end + 1;
        }

        return text.ToString();
    }

    private static IEnumerable<string> Expand(string template, string ranges) =>
        from range in ranges.Split(',')
        let ends = range.Split('-').Select(end => int.Parse(end, NumberStyles.None, CultureInfo.InvariantCulture)).ToImmutableArray()
        from index in Enumerable.Range(ends[0], ends[^1] < HighestIndex ? ends[^1] - ends[0] + 1 : throw new FormatException("No model has that many layers."))
        select template.Replace("*", index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
