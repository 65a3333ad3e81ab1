using System.Globalization;
using AdapterHub.Web.Components.Blending;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Playground;

/// <summary>Two weights over a table of answers, a measure in each cell: written as a figure, and as a tint for the eye.</summary>
public sealed partial class GridPanel : ComponentBase
{
    private const int WordsShown = 70;

    [Parameter, EditorRequired] public PlaygroundPlan Plan { get; set; } = null!;

    [Parameter, EditorRequired] public GridWriting Writing { get; set; } = null!;

    /// <summary>Full names of datasets whose text can be measured.</summary>
    [Parameter] public IReadOnlyList<string> Datasets { get; set; } = [];

    [Parameter] public bool CanFill { get; set; }

    /// <summary>Another grid, or another text.</summary>
    [Parameter] public EventCallback<PlaygroundPlan> Changed { get; set; }

    /// <summary>A cell's weights are to be on the sliders.</summary>
    [Parameter] public EventCallback<PlaygroundPlan> Taken { get; set; }

    [Parameter] public EventCallback Fill { get; set; }

    [Parameter] public EventCallback ShowLanes { get; set; }

    private GridPlan? Grid => Plan.Grid?.Fit(Plan.Blend.Adapters.Count);

    private List<string> Names => [.. Plan.Blend.Adapters.Select(share => share.Name.Name)];

    private (double Least, double Most)? Range => Writing.Cells.Where(cell => cell.Value is not null).Select(cell => cell.Value!.Value).ToList() is { Count: > 0 } values ? (values.Min(), values.Max()) : null;

    private string Progress => (Writing.IsWriting, Writing.Done) switch
    {
        (true, var done) => $"{done} of {Writing.Cells.Count} cells",
        (false, 0) => "",
        (false, var done) => done == Writing.Cells.Count ? $"{done} cells" : $"{done} of {Writing.Cells.Count} cells; stopped",
    };

    private string? Missing(GridPlan grid) => grid.Metric == GridMetric.Perplexity
        ? Plan.MeasuredFrom is null && Plan.MeasuredText.Length == 0 ? "Give the text that the blends are to foresee." : null
        : Plan.HasQuestion ? null : Plan.IsChat ? "Send a message first: the grid answers the chat." : "Write a prompt first: the grid continues it.";

    private Task SetAsync(GridPlan grid) => Changed.InvokeAsync(Plan with { Grid = grid.Fit(Plan.Blend.Adapters.Count) });

    private Task ChooseAsync(GridPlan grid, int row, int column) => Taken.InvokeAsync(Plan with { Blend = Plan.Blend with { Adapters = grid.SharesAt(Plan.Blend.Adapters, row, column) } });

    private bool IsChosen(GridPlan grid, int row, int column) => Plan.Blend.Adapters[grid.Across.Place - 1].Weight == grid.Across.At(column)
        && (grid.Down is not { } down || Plan.Blend.Adapters[down.Place - 1].Weight == down.At(row));

    private GridCell? Chosen(GridPlan grid) => Writing.Cells.FirstOrDefault(cell => cell.Value is not null && IsChosen(grid, cell.Row, cell.Column));

    private string Weights(GridPlan grid, int row, int column) => $"{Names[grid.Across.Place - 1]} {BlendPlan.Text(grid.Across.At(column))}"
        + (grid.Down is { } down ? $", {Names[down.Place - 1]} {BlendPlan.Text(down.At(row))}" : "");

    private string Label(GridPlan grid, int row, int column, GridCell? cell) =>
        $"{Weights(grid, row, column)}: {(cell?.Value is { } value ? GridWords.Figure(grid.Metric, value) : "not filled")}";

    private static string Beginning(GridCell? cell)
    {
        var text = (cell?.Text ?? "").ReplaceLineEndings(" ").Trim();
        return text.Length <= WordsShown ? text : text[..WordsShown] + "…";
    }

    private string? Heat(GridCell? cell) => cell?.Value is { } value && Range is { } range
        ? string.Create(CultureInfo.InvariantCulture, $"--heat:{(range.Most > range.Least ? (value - range.Least) / (range.Most - range.Least) : 0.5):0.###}")
        : null;
}
