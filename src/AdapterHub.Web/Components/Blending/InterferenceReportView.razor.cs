using System.Globalization;
using AdapterHub.Protocol.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>What of two adapters in a module is shown.</summary>
public enum ModuleMeasure
{
    Cosine,
    Outputs,
    Inputs,
    Signs,
}

/// <summary>How adapters get into each other's way: the advice first, then what it comes from.</summary>
public sealed partial class InterferenceReportView : ComponentBase
{
    private IReadOnlyList<string> _names = [];
    private IReadOnlyList<string> _layers = [];
    private IReadOnlyList<string> _rows = [];
    private IReadOnlyList<string> _columns = [];
    private Dictionary<(string Row, string Column), ModuleInterference> _cells = [];
    private InterferenceMeasured? _shown;
    private PairInterference? _pair;
    private ModuleMeasure _measure;
    private double _largest;
    private int _place;

    [Parameter, EditorRequired] public InterferenceMeasured Report { get; set; } = null!;

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_shown, Report))
            return;
        _shown = Report;
        _names = [.. Report.Adapters.Select(adapter => Short(adapter.Name))];
        _layers = [.. Report.Layers.Select(layer => LayerOf(layer.Layer))];
        _largest = Report.Layers.SelectMany(layer => layer.Norms).DefaultIfEmpty().Max();
        Show(0);
    }

    private void Choose(object? value) => Show(int.TryParse(value?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : 0);

    private void Show(int place)
    {
        _place = Math.Clamp(place, 0, Math.Max(0, Report.Pairs.Count - 1));
        _pair = Report.Pairs.Count > 0 ? Report.Pairs[_place] : null;
        _cells = (_pair?.Modules ?? []).GroupBy(module => Split(module.Path)).ToDictionary(group => group.Key, group => group.First());
        _rows = [.. _cells.Keys.Select(key => key.Row).Distinct(StringComparer.Ordinal).OrderBy(row => int.TryParse(row, CultureInfo.InvariantCulture, out var number) ? number : -1)];
        _columns = [.. _cells.Keys.Select(key => key.Column).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private HeatCell Cosine(int row, int column) => row == column ? new HeatCell(null, "", null)
        : Pair(row, column) is { } pair ? new HeatCell(pair.Cosine, Figure(pair.Cosine), $"{_names[row]} and {_names[column]}: cosine {Figure(pair.Cosine)}") : default;

    private HeatCell Conflict(int row, int column) => row == column ? new HeatCell(null, "", null)
        : Pair(row, column) is { } pair
            ? new HeatCell(Agreement(pair.WeightedSignConflict), Percent(pair.WeightedSignConflict), $"{Percent(pair.WeightedSignConflict)} by size, {Percent(pair.SignConflict)} by number")
            : default;

    private HeatCell Norm(int row, int column)
    {
        var norm = Report.Layers[column].Norms[row];
        return norm == 0 ? new HeatCell(null, null, "not changed") : new HeatCell(_largest > 0 ? norm / _largest : 0, Figure(norm), $"{_names[row]}, {Report.Layers[column].Layer}: {Figure(norm)}");
    }

    private HeatCell Module(int row, int column)
    {
        if (!_cells.TryGetValue((_rows[row], _columns[column]), out var module))
            return new HeatCell(null, null, "not changed by both");
        var (heat, figure) = _measure switch
        {
            ModuleMeasure.Cosine => (module.Cosine, Figure(module.Cosine)),
            ModuleMeasure.Outputs => (module.OutputOverlap, $"{Percent(module.OutputOverlap)}{Angle(module.OutputAngles)}"),
            ModuleMeasure.Inputs => (module.InputOverlap, $"{Percent(module.InputOverlap)}{Angle(module.InputAngles)}"),
            _ => (Agreement(module.WeightedSignConflict), Percent(module.WeightedSignConflict)),
        };
        return new HeatCell(heat, figure, $"{module.Path}: {figure}");
    }

    private PairInterference? Pair(int one, int other) =>
        Report.Pairs.FirstOrDefault(pair => (pair.First, pair.Second) == (Math.Min(one, other), Math.Max(one, other)));

    /// <summary>Chance is a half and stays pale; all against one another is -1.</summary>
    private static double Agreement(double conflict) => (0.5 - conflict) * 2;

    private static string Angle(IReadOnlyList<double> angles) => angles.Count > 0 ? $", smallest principal angle {angles[0].ToString("0.#", CultureInfo.InvariantCulture)}°" : "";

    private static string Title(ModuleMeasure measure) => measure switch
    {
        ModuleMeasure.Cosine => "Likeness",
        ModuleMeasure.Outputs => "Output overlap",
        ModuleMeasure.Inputs => "Input overlap",
        _ => "Sign conflict",
    };

    private static string Help(ModuleMeasure measure) => measure switch
    {
        ModuleMeasure.Cosine => "Cosine of the two changes in each module.",
        ModuleMeasure.Outputs => "How much of the directions that they write to is the same, from the principal angles between the two.",
        ModuleMeasure.Inputs => "How much of what they look at is the same, from the principal angles between the two.",
        _ => "Share of the shared change that is spent against one another: red above a half, which is chance.",
    };

    /// <summary>Layer and module: "3" and "q_proj" of "model.layers.3.self_attn.q_proj".</summary>
    private static (string Row, string Column) Split(string path)
    {
        var parts = path.Split('.');
        var number = Array.FindIndex(parts, part => part.Length > 0 && part.All(char.IsAsciiDigit));
        return number < 0 ? ("rest", parts[^1]) : (parts[number], number == parts.Length - 1 ? "all" : parts[^1]);
    }

    private static string LayerOf(string layer) => layer[(layer.LastIndexOf('.') + 1)..];

    /// <summary>The owner says little beside the name.</summary>
    private static string Short(string name) => name[(name.LastIndexOf('/') + 1)..];

    private static string Figure(double value) => value.ToString(Math.Abs(value) < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);
}
