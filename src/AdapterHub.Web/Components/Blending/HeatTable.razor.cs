using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>One value of a heat map.</summary>
/// <param name="Heat">-1 to 1; below 0 in the colour of warnings. Null for what is not there.</param>
/// <param name="Figure">As it is read out, and written where there is room.</param>
/// <param name="Title">Shown when the pointer rests on it.</param>
public readonly record struct HeatCell(double? Heat, string? Figure, string? Title);

/// <summary>A table whose cells are coloured by their values. Scrolls where it is wider than its place.</summary>
public sealed partial class HeatTable : ComponentBase
{
    [Parameter, EditorRequired] public string Caption { get; set; } = "";

    /// <summary>What the rows are.</summary>
    [Parameter] public string Corner { get; set; } = "";

    [Parameter, EditorRequired] public IReadOnlyList<string> Rows { get; set; } = [];

    [Parameter, EditorRequired] public IReadOnlyList<string> Columns { get; set; } = [];

    /// <summary>Of a row and a column.</summary>
    [Parameter, EditorRequired] public Func<int, int, HeatCell> Cell { get; set; } = null!;

    /// <summary>Figures are written into the cells.</summary>
    [Parameter] public bool ShowsFigures { get; set; }

    private string Class(HeatCell cell) => string.Join(' ', new[]
    {
        cell.Heat is null ? "heat-none" : cell.Heat < 0 ? "heat-against" : null, ShowsFigures ? "heat-wide" : null,
    }.OfType<string>());

    /// <summary>The share as a custom property; the colours are the theme's.</summary>
    private static string? Heat(HeatCell cell) =>
        cell.Heat is { } value ? string.Create(CultureInfo.InvariantCulture, $"--heat:{Math.Clamp(Math.Abs(value), 0, 1):0.###}") : null;
}
