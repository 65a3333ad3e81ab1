using System.Globalization;
using System.Text.Json;

namespace AdapterHub.Formats.Inspection.Datasets;

/// <summary>A line of a JSON lines file (jsonlines.org).</summary>
internal static class JsonRow
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>Parses a line, or says why it is no row; the caller disposes of the row.</summary>
    public static (JsonDocument? Row, string? Problem) Parse(string line)
    {
        JsonDocument? row = null;
        try
        {
            row = JsonDocument.Parse(line, Strict);
            if (row.RootElement.ValueKind != JsonValueKind.Object)
                return (null, "the row is no JSON object");
            // Escapes are decoded late, and \ud800 alone is JSON's grammar without being text; decoding them all now means that none can fail later.
            if (line.Contains("\\u", StringComparison.Ordinal))
                Decode(row.RootElement);
            var good = row;
            row = null;
            return (good, null);
        }
        catch (JsonException exception)
        {
            return (null, exception.BytePositionInLine is { } at
                ? string.Create(CultureInfo.InvariantCulture, $"the row is not valid JSON at byte {at + 1}, or has a key twice")
                : "the row is not valid JSON, or has a key twice");
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            return (null, "the row holds half a surrogate pair, which is no Unicode text");
        }
        finally
        {
            row?.Dispose();
        }
    }

    private static void Decode(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            _ = value.GetString();
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
                Decode(item);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                _ = member.Name;
                Decode(member.Value);
            }
        }
    }
}
