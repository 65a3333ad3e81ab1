using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Playground;

/// <summary>The lanes side by side, and what else could have stood in the place of a token that was chosen.</summary>
public sealed partial class LaneBoard : ComponentBase
{
    private const int MostColumns = 5;

    private (LaneColumn Column, int Place)? _chosen;

    [Parameter, EditorRequired] public PlaygroundPlan Plan { get; set; } = null!;

    [Parameter, EditorRequired] public LaneWriting Writing { get; set; } = null!;

    /// <summary>Texts of before that stay beside the lanes.</summary>
    [Parameter] public IReadOnlyList<ShelfEntry> Kept { get; set; } = [];

    [Parameter] public EventCallback<LaneColumn> Keep { get; set; }

    [Parameter] public EventCallback<ShelfEntry> LetGo { get; set; }

    /// <summary>Another text may have taken the place of the one that the token stood in.</summary>
    private (LaneColumn Column, int Place)? Open => _chosen is { } chosen && chosen.Place < chosen.Column.Tokens.Count && Writing.Columns.Contains(chosen.Column) ? chosen : null;

    /// <summary>There is a text, and it does not grow any more.</summary>
    private bool IsFinal => Writing.Columns.All(column => !column.IsWriting) && Writing.Columns.Any(column => column.Text.Length > 0);

    /// <summary>Rows of about equal length, so that the blend does not stand alone below the others.</summary>
    private int Columns => Writing.Columns.Count + Kept.Count is > 0 and var lanes ? (int)Math.Ceiling(lanes / Math.Ceiling(lanes / (double)MostColumns)) : 1;

    private string Progress => Writing switch
    {
        { Ahead: > 0 and var ahead } => $"Waiting; {ahead} before this",
        { IsWriting: true, FirstTokenMilliseconds: null } => "Asking the engine",
        { FirstTokenMilliseconds: { } first } => $"First token after {first:0} ms",
        _ => "",
    };

    private void Choose(LaneColumn column, int place) => _chosen = _chosen is { } chosen && chosen.Column == column && chosen.Place == place ? null : (column, place);
}
