using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AdapterHub.Web.Components.Blending;

namespace AdapterHub.Web.Components.Playground;

/// <summary>A grid's figures as a table for a note; with the answers, the question and all settings for a program.</summary>
public static class GridExport
{
    public static string ToMarkdown(PlaygroundPlan plan, GridWriting writing)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(writing);
        if (plan.Grid?.Fit(plan.Blend.Adapters.Count) is not { } grid)
            return "";
        var columns = Enumerable.Range(0, grid.Columns).ToList();
        var text = new StringBuilder($"{GridWords.Title(grid.Metric)}, {plan.Blend.Base}; {NameOf(plan, grid.Across)} across{(grid.Down is { } down ? $", {NameOf(plan, down)} down" : "")}\n\n| | ");
        text.AppendJoin(" | ", columns.Select(column => BlendPlan.Text(grid.Across.At(column)))).Append(" |\n").AppendJoin("---", Enumerable.Repeat("|", grid.Columns + 2)).Append('\n');
        for (var row = 0; row < grid.Rows; row++)
            text.Append(CultureInfo.InvariantCulture, $"| {(grid.Down is { } axis ? BlendPlan.Text(axis.At(row)) : "")}")
                .Append(string.Concat(columns.Select(column => $" | {(writing.Find(row, column)?.Value is { } value ? GridWords.Figure(grid.Metric, value) : "")}"))).Append(" |\n");
        return text.ToString();
    }

    /// <summary>Values are whole, not rounded as on the page: shares from 0 to 1, perplexities, tokens, ln p.</summary>
    public static string ToJson(PlaygroundPlan plan, GridWriting writing)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(writing);
        if (plan.Grid?.Fit(plan.Blend.Adapters.Count) is not { } grid)
            return "";
        var document = PlaygroundExport.Asked(plan);
        document["adapters"] = PlaygroundExport.Adapters(plan.Blend.Adapters.Select(PlaygroundPlan.ToLane));
        document["metric"] = grid.Metric.ToString().ToLowerInvariant();
        if (grid.Metric == GridMetric.Perplexity)
            (document["measuredText"], document["measuredFrom"]) = (plan.MeasuredFrom is null ? plan.MeasuredText : null, plan.MeasuredFrom);
        document["across"] = Axis(plan, grid.Across);
        document["down"] = grid.Down is { } down ? Axis(plan, down) : null;
        document["cells"] = new JsonArray([.. writing.Cells.Where(cell => cell.Value is not null).Select(cell => Cell(grid, cell))]);
        return document.ToJsonString(PlaygroundExport.Readable);
    }

    private static JsonObject Axis(PlaygroundPlan plan, GridAxis axis) => new()
    {
        ["repository"] = plan.Blend.Adapters[axis.Place - 1].Reference,
        ["weights"] = new JsonArray([.. Enumerable.Range(0, axis.Steps).Select(step => (JsonNode)axis.At(step))]),
    };

    private static JsonNode Cell(GridPlan grid, GridCell cell)
    {
        var node = new JsonObject { ["across"] = grid.Across.At(cell.Column), ["down"] = grid.Down?.At(cell.Row), ["value"] = PlaygroundExport.Finite(cell.Value) };
        if (cell.Past.Count > 0)
            node["before"] = PlaygroundExport.Turns(cell.Past);
        if (cell.Text.Length > 0)
            node["text"] = cell.Text;
        return node;
    }

    private static string NameOf(PlaygroundPlan plan, GridAxis axis) => plan.Blend.Adapters[axis.Place - 1].Name.Name;
}
