using System.Globalization;
using System.Text.Json;
using AdapterHub.Formats.Text;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>Rows of a <c>.jsonl</c> file: one JSON object a line (jsonlines.org), blank lines skipped, duplicate keys refused.</summary>
internal static class JsonLinesReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly string[] Roles = ["system", "user", "assistant", "tool"];

    public static IEnumerable<DatasetRecord> Read(string path, DatasetOptions options, FindingList findings)
    {
        using var reader = new StrictUtf8Reader(path);
        while (true)
        {
            var line = reader.Line;
            var text = reader.ReadLine();
            if (text is null)
                yield break;
            if (string.IsNullOrWhiteSpace(text))
                continue;
            var (record, problem) = ReadRow(path, line, text, options.Fields);
            if (record is not null)
                yield return record;
            else
                findings.Add(path, line, problem!);
        }
    }

    private static (DatasetRecord? Record, string? Problem) ReadRow(string path, long line, string text, FieldNames names)
    {
        try
        {
            using var json = JsonDocument.Parse(text, Strict);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? (ReadObject(path, line, json.RootElement, names), null)
                : (null, $"is {Kind(json.RootElement)}, expected an object");
        }
        catch (JsonException failure)
        {
            return (null, Describe(failure));
        }
        catch (RowException failure)
        {
            return (null, failure.Message);
        }
        catch (InvalidOperationException)
        {
            // Escapes such as \ud800 are legal JSON grammar and no Unicode text (RFC 8259, section 8.2).
            return (null, "has half a surrogate pair among its \\u escapes");
        }
    }

    private static DatasetRecord ReadObject(string path, long line, JsonElement row, FieldNames names)
    {
        var hasText = names.TextOrDefault is { } text && row.TryGetProperty(text, out _);
        var hasMessages = names.MessagesOrDefault is { } messages && row.TryGetProperty(messages, out _);
        var hasPair = names.PairOrDefault is var (prompt, completion) && (row.TryGetProperty(prompt, out _) || row.TryGetProperty(completion, out _));
        return (hasText, hasPair, hasMessages) switch
        {
            (true, false, false) => new TextRecord(path, line, ReadFilled(row, names.TextOrDefault!), RowFit.Keep),
            (false, true, false) => new CompletionRecord(
                path, line, ReadString(row, names.PairOrDefault!.Value.Prompt), ReadFilled(row, names.PairOrDefault.Value.Completion)),
            (false, false, true) => new ChatRecord(path, line, ReadMessages(row.GetProperty(names.MessagesOrDefault!), names.MessagesOrDefault!)),
            (false, false, false) => throw new RowException($"has no {FieldChoice.Describe(names, withMessages: true)}; it has {FieldChoice.List(Keys(row))}"),
            _ => throw new RowException($"fits more than one of {FieldChoice.Describe(names, withMessages: true)}; name the field to use"),
        };
    }

    private static List<ChatMessage> ReadMessages(JsonElement list, string name)
    {
        if (list.ValueKind != JsonValueKind.Array)
            throw new RowException($"\"{name}\" is {Kind(list)}, expected a list");
        var messages = new List<ChatMessage>();
        foreach (var item in list.EnumerateArray())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"message {messages.Count + 1}");
            if (item.ValueKind != JsonValueKind.Object)
                throw new RowException($"{place} is {Kind(item)}, expected an object with \"role\" and \"content\"");
            var role = ReadString(item, "role", place);
            if (!Roles.Contains(role))
                throw new RowException($"{place} has the role \"{role}\"; known are {FieldChoice.List(Roles)}");
            var content = ReadString(item, "content", place);
            if (role == "assistant" && string.IsNullOrWhiteSpace(content))
                throw new RowException($"{place} (assistant) is empty");
            messages.Add(new ChatMessage(role, content));
        }

        return messages.Any(message => message.Role == "assistant") ? messages
            : throw new RowException($"\"{name}\" has no assistant message, so there is nothing to learn");
    }

    private static string ReadFilled(JsonElement row, string name)
    {
        var value = ReadString(row, name);
        return string.IsNullOrWhiteSpace(value) ? throw new RowException($"\"{name}\" is empty") : value;
    }

    private static string ReadString(JsonElement row, string name, string? place = null)
    {
        var prefix = place is null ? "" : place + ": ";
        if (!row.TryGetProperty(name, out var value))
            throw new RowException($"{prefix}\"{name}\" is missing; there is {FieldChoice.List(Keys(row))}");
        if (value.ValueKind != JsonValueKind.String)
            throw new RowException($"{prefix}\"{name}\" is {Kind(value)}, expected a string");
        return value.GetString()!;
    }

    private static IEnumerable<string> Keys(JsonElement row) => row.EnumerateObject().Select(property => property.Name);

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a string",
        JsonValueKind.Null => "null",
        JsonValueKind.Object => "an object",
        _ => "a truth value",
    };

    /// <summary>The reader's own message without its line and position, which count within the one row.</summary>
    private static string Describe(JsonException failure)
    {
        var reason = failure.Message;
        var end = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (end >= 0)
            reason = reason[..end];
        return failure.BytePositionInLine is { } position
            ? string.Create(CultureInfo.InvariantCulture, $"not valid JSON at byte {position + 1}: {reason}")
            : $"not valid JSON: {reason}";
    }

    /// <summary>Never leaves this class: one row is bad, the next is still read.</summary>
    private sealed class RowException(string problem) : Exception(problem);
}
