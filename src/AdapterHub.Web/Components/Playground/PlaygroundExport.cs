using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdapterHub.Protocol.Inference;

namespace AdapterHub.Web.Components.Playground;

/// <summary>What the lanes wrote as a document: for a note, or for a program.</summary>
public static class PlaygroundExport
{
    internal static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ToMarkdown(PlaygroundPlan plan, IReadOnlyList<LaneColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(columns);
        var text = new StringBuilder($"Base model: {plan.Blend.Base}\n");
        if (!plan.IsChat)
            text.Append(CultureInfo.InvariantCulture, $"\nPrompt:\n\n{Quote(plan.Prompt)}\n");
        else if (plan.System.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"\nSystem prompt:\n\n{Quote(plan.System)}\n");
        foreach (var column in columns)
            text.Append(CultureInfo.InvariantCulture, $"\n## {column.Planned.Title}\n\n{column.Planned.About}\n\n{(plan.IsChat ? Conversation(column) : Quote(column.Text))}\n");
        return text.ToString();
    }

    public static string ToJson(PlaygroundPlan plan, IReadOnlyList<LaneColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(columns);
        var document = Asked(plan);
        document["lanes"] = new JsonArray([.. columns.Select(Lane)]);
        return document.ToJsonString(Readable);
    }

    /// <summary>Base, question and settings.</summary>
    internal static JsonObject Asked(PlaygroundPlan plan)
    {
        var document = new JsonObject { ["base"] = plan.Blend.Base };
        if (plan.IsChat)
            (document["system"], document["messages"]) = (plan.System.Length > 0 ? plan.System : null, new JsonArray([.. plan.Turns.Select(turn => (JsonNode)turn.Text)]));
        else
            document["prompt"] = plan.Prompt;
        document["sampling"] = new JsonObject
        {
            ["maxTokens"] = plan.Tokens, ["temperature"] = plan.Temperature, ["topP"] = plan.TopP, ["topK"] = plan.TopK, ["minP"] = plan.MinP,
            ["repetitionPenalty"] = plan.Penalty, ["seed"] = plan.Seed, ["stop"] = plan.Stop.Length > 0 ? plan.Stop : null,
        };
        return document;
    }

    internal static JsonArray Adapters(IEnumerable<LaneAdapter> adapters) => new([.. adapters.Select(adapter =>
    {
        var node = new JsonObject { ["repository"] = adapter.Repository, ["revision"] = adapter.Revision, ["weight"] = adapter.Weight };
        if (adapter.Layers is { Count: > 0 } layers)
            node["layers"] = new JsonArray([.. layers.Select(layer => (JsonNode)new JsonObject { ["pattern"] = layer.Pattern, ["weight"] = layer.Weight })]);
        return (JsonNode)node;
    })]);

    /// <summary>What was said before the last message.</summary>
    internal static JsonArray Turns(IEnumerable<PastTurn> turns) => new([.. turns.Select(turn => (JsonNode)new JsonObject { ["message"] = turn.Question, ["answer"] = turn.Answer })]);

    private static JsonNode Lane(LaneColumn column)
    {
        var node = new JsonObject { ["lane"] = column.Planned.Title, ["adapters"] = Adapters(column.Planned.Adapters) };
        if (column.Past.Count > 0)
            node["before"] = Turns(column.Past);
        node["text"] = column.Text;
        node["logProbabilities"] = new JsonArray([.. column.Tokens.Select(token => (JsonNode)JsonValue.Create(Math.Round(token.Made.LogProbability, 5)))]);
        node["perplexity"] = Finite(column.Perplexity);
        return node;
    }

    /// <summary>JSON has no infinity, which the perplexity of a text that a lane never foresees can be.</summary>
    internal static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    /// <summary>Messages as quotations, answers as text.</summary>
    private static string Conversation(LaneColumn column) => string.Join("\n\n", column.Past.SelectMany(past => new[] { Quote(past.Question), past.Answer.Trim() })
        .Concat(column.Question is { } question ? [Quote(question), column.Text.Trim()] : [column.Text.Trim()]));

    private static string Quote(string text) => string.Join('\n', text.Split('\n').Select(line => $"> {line}"));
}
