using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdapterHub.Formats.Text;

/// <summary>
/// JSON with the very bytes of Python's <c>json.dumps(value, indent=2, sort_keys=True)</c>: ASCII only, keys by code point, floats as
/// <c>repr</c> gives them. That is what PEFT and transformers write, so an edited file differs from theirs only where it was edited.
/// Numbers that were read from a file keep their digits.
/// </summary>
internal static class PythonJson
{
    /// <param name="node">The value.</param>
    /// <param name="keepOrder">Names of objects whose keys keep their order, because the order means something.</param>
    public static string Write(JsonNode? node, params ReadOnlySpan<string> keepOrder)
    {
        var json = new StringBuilder();
        Append(json, node, 0, keepOrder, sortKeys: true);
        return json.ToString();
    }

    /// <summary>Python's <c>repr</c> of a finite float: shortest digits that read back, exponents below 1e-4 and from 1e16 on.</summary>
    public static string FormatFloat(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "JSON has no NaN and no infinity.");
        // The shortest digits, normalised to d.ddd x 10^exponent.
        var text = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var precision = 0; precision < 17; precision++)
        {
            var shorter = value.ToString("E" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (BitConverter.DoubleToInt64Bits(double.Parse(shorter, CultureInfo.InvariantCulture)) == BitConverter.DoubleToInt64Bits(value))
            {
                text = shorter;
                break;
            }
        }

        var sign = text[0] == '-' ? "-" : "";
        var split = text.IndexOf('E', StringComparison.Ordinal);
        var digits = text[sign.Length..split].Replace(".", "", StringComparison.Ordinal);
        var exponent = int.Parse(text.AsSpan(split + 1), CultureInfo.InvariantCulture);
        return sign + exponent switch
        {
            < -4 or >= 16 => $"{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}",
            < 0 => "0." + new string('0', -exponent - 1) + digits,
            _ when digits.Length <= exponent + 1 => digits + new string('0', exponent + 1 - digits.Length) + ".0",
            _ => $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}",
        };
    }

    private static void Append(StringBuilder json, JsonNode? node, int depth, ReadOnlySpan<string> keepOrder, bool sortKeys)
    {
        switch (node)
        {
            case null:
                json.Append("null");
                break;
            case JsonObject { Count: 0 }:
                json.Append("{}");
                break;
            case JsonArray { Count: 0 }:
                json.Append("[]");
                break;
            case JsonObject members:
                AppendObject(json, members, depth, keepOrder, sortKeys);
                break;
            case JsonArray items:
                AppendArray(json, items, depth, keepOrder);
                break;
            case JsonValue value:
                AppendValue(json, value);
                break;
        }
    }

    private static void AppendObject(StringBuilder json, JsonObject members, int depth, ReadOnlySpan<string> keepOrder, bool sortKeys)
    {
        var separator = '{';
        foreach (var (key, value) in sortKeys ? members.OrderBy(member => member.Key, CodePointComparer.Instance) : members.AsEnumerable())
        {
            json.Append(separator);
            StartLine(json, depth + 1);
            AppendString(json, key);
            json.Append(": ");
            Append(json, value, depth + 1, keepOrder, sortKeys: !keepOrder.Contains(key));
            separator = ',';
        }

        StartLine(json, depth);
        json.Append('}');
    }

    private static void AppendArray(StringBuilder json, JsonArray items, int depth, ReadOnlySpan<string> keepOrder)
    {
        var separator = '[';
        foreach (var item in items)
        {
            json.Append(separator);
            StartLine(json, depth + 1);
            Append(json, item, depth + 1, keepOrder, sortKeys: true);
            separator = ',';
        }

        StartLine(json, depth);
        json.Append(']');
    }

    private static void StartLine(StringBuilder json, int depth) => json.Append('\n').Append(' ', 2 * depth);

    private static void AppendValue(StringBuilder json, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                AppendString(json, value.GetValue<string>());
                break;
            case JsonValueKind.Number when value.TryGetValue<JsonElement>(out var element):
                json.Append(element.GetRawText());
                break;
            case JsonValueKind.Number when value.TryGetValue<double>(out var number):
                json.Append(FormatFloat(number));
                break;
            default:
                // Booleans, and the integers of .NET.
                json.Append(value.ToJsonString());
                break;
        }
    }

    /// <summary>ensure_ascii: short escapes, and \uxxxx for everything outside the printable ASCII range, surrogates one by one.</summary>
    private static void AppendString(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                '\f' => json.Append("\\f"),
                '\b' => json.Append("\\b"),
                < ' ' or > '~' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }

        json.Append('"');
    }
}
