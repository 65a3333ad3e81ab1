using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdapterHub.Web.Components.Playground;

/// <summary>What the lanes wrote as a document: for a note, or for a program.</summary>
public static class PlaygroundExport
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ToMarkdown(PlaygroundPlan plan, IReadOnlyList<LaneColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(columns);
        var text = new StringBuilder($"Base model: {plan.Blend.Base}\n\nPrompt:\n\n{Quote(plan.Prompt)}\n");
        foreach (var column in columns)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n## {column.Planned.Title}\n\n{column.Planned.About}\n\n{Quote(column.Text)}\n");
        return text.ToString();
    }

    public static string ToJson(PlaygroundPlan plan, IReadOnlyList<LaneColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var lanes = columns.Select(column => (JsonNode)new JsonObject
        {
            ["lane"] = column.Planned.Title,
            ["adapters"] = new JsonArray([.. column.Planned.Adapters.Select(adapter => (JsonNode)new JsonObject { ["repository"] = adapter.Repository, ["revision"] = adapter.Revision, ["weight"] = adapter.Weight })]),
            ["text"] = column.Text,
            ["logProbabilities"] = new JsonArray([.. column.Tokens.Select(token => (JsonNode)JsonValue.Create(Math.Round(token.Made.LogProbability, 5)))]),
            ["perplexity"] = column.Perplexity,
        });
        var sampling = new JsonObject
        {
            ["maxTokens"] = plan.Tokens, ["temperature"] = plan.Temperature, ["topP"] = plan.TopP, ["topK"] = plan.TopK, ["minP"] = plan.MinP,
            ["repetitionPenalty"] = plan.Penalty, ["seed"] = plan.Seed,
        };
        return new JsonObject { ["base"] = plan.Blend.Base, ["prompt"] = plan.Prompt, ["sampling"] = sampling, ["lanes"] = new JsonArray([.. lanes]) }.ToJsonString(Readable);
    }

    private static string Quote(string text) => string.Join('\n', text.Split('\n').Select(line => $"> {line}"));
}
