using System.Text.Json;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>One message of a conversation in a dataset's cell.</summary>
internal sealed record ChatTurn(string Role, string Text)
{
    /// <summary>The turns of a cell that is a list of messages, in the OpenAI form (role, content) or ShareGPT's (from, value); null for any other cell.</summary>
    public static IReadOnlyList<ChatTurn>? TryRead(string cell)
    {
        if (!cell.StartsWith("[{", StringComparison.Ordinal) || !cell.EndsWith("}]", StringComparison.Ordinal))
            return null;
        try
        {
            using var document = JsonDocument.Parse(cell);
            var turns = new List<ChatTurn>();
            foreach (var message in document.RootElement.EnumerateArray())
            {
                if (message.ValueKind != JsonValueKind.Object || (Read(message, "role", "content") ?? Read(message, "from", "value")) is not { } turn)
                    return null;
                turns.Add(turn);
            }

            return turns;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ChatTurn? Read(JsonElement message, string role, string text) =>
        message.TryGetProperty(role, out var who) && who.ValueKind == JsonValueKind.String && message.TryGetProperty(text, out var said) && said.ValueKind == JsonValueKind.String
            ? new ChatTurn(who.GetString()!, said.GetString()!) : null;
}
