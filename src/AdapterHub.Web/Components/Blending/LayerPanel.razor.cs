using System.Globalization;
using System.Text.RegularExpressions;
using AdapterHub.Formats;
using AdapterHub.Protocol.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>An adapter's weights through a model: a curve to choose, factors for parts or single modules, and a grid of layers in which single values are typed.</summary>
public sealed partial class LayerPanel : ComponentBase
{
    private readonly Dictionary<(int Layer, LayerModule Module), double> _weights = [];
    private IReadOnlyList<LayerModule> _modules = [];
    private IReadOnlyList<Column> _parts = [];
    private IReadOnlyList<Column> _singles = [];
    private (BlendShare? Share, int? Layers) _seen;
    private double _largest;

    /// <summary>At first where a module has a weight of its own; from then on the reader's choice.</summary>
    private bool _isByModule;

    /// <summary>At first; from then on the reader opens and closes it.</summary>
    private bool _hasNames;

    [Parameter, EditorRequired] public BlendShare Share { get; set; } = null!;

    /// <summary>Behind the adapter's name where it stands twice on a page.</summary>
    [Parameter] public string Mark { get; set; } = "";

    /// <summary>Of the base model; null where it is not known.</summary>
    [Parameter] public int? LayerCount { get; set; }

    /// <summary>The modules that the adapter changes, as the catalogue lists them; null where that is not known.</summary>
    [Parameter] public string? Targets { get; set; }

    [Parameter] public EventCallback<BlendShare> Changed { get; set; }

    private int? Count => LayerCount ?? Share.Curve?.Layers;

    private LayerCurve Curve => (Share.Curve ?? new LayerCurve(CurveShape.All, Count!.Value)) with { Layers = Count!.Value };

    private IReadOnlyList<Column> Columns => _isByModule ? _singles : _parts;

    protected override void OnInitialized()
    {
        _hasNames = Count is null || Share.Layers.Any(layer => !CellPattern().IsMatch(layer.Pattern));
        _isByModule = Share.Layers.Any(layer => CellPattern().Match(layer.Pattern).Groups["module"].Success)
            || Share.Curve is { Factors.ArePartsWhole: false };
    }

    protected override void OnParametersSet()
    {
        _modules = LayerModule.Of(Targets);
        _singles = [.. _modules.Select(module => new Column(module.Name, module.Path, other => other == module))];
        _parts = [.. _modules.Select(module => module.Part).Distinct().Select(part => new Column(part == LayerModule.Mlp ? "MLP" : "Attention", part, module => module.Part == part))];
        if (_seen == (Share, Count))
            return;
        _seen = (Share, Count);
        List<(ModulePattern Pattern, double Weight)> rules = [];
        foreach (var rule in Share.Rules)
            if (ModulePattern.TryParse(rule.Pattern, out var pattern))
                rules.Add((pattern, rule.Weight));
        _largest = rules.Select(rule => Math.Abs(rule.Weight)).Append(Math.Abs(Share.Weight)).Max();
        for (var layer = 0; layer < (Count ?? 0); layer++)
            foreach (var module in LayerModule.All)
                _weights[(layer, module)] = rules.Select(rule => rule.Pattern.Matches($"model.layers.{layer}.{module.Path}") ? rule.Weight : (double?)null).FirstOrDefault(weight => weight is not null) ?? Share.Weight;
    }

    private static string Help(CurveShape shape) => shape switch
    {
        CurveShape.All => "The same weight in every layer",
        CurveShape.Early => "The first third of the layers alone",
        CurveShape.Middle => "The middle third alone",
        CurveShape.Late => "The last third alone",
        CurveShape.Rising => "From little in the first layer to all in the last",
        CurveShape.Falling => "From all in the first layer to little in the last",
        _ => "Most in the middle, little at both ends",
    };

    /// <summary>Null where the column's modules differ.</summary>
    private double? FactorOf(Column column) => Only(_modules.Where(column.Holds).Select(module => Curve.Factors[module]));

    /// <summary>The weight that a column's modules get in a layer, null where they differ, and whether it was typed there.</summary>
    private (double? Weight, bool IsTyped) CellAt(int layer, Column column) =>
        (Only(_modules.Where(column.Holds).Select(module => _weights[(layer, module)])), Share.Layers.Any(rule => IsCellOf(rule, layer, column)));

    private static double? Only(IEnumerable<double> values) => values.Distinct().Take(2).ToList() is [var only] ? only : null;

    private static string PatternOf(int layer, Column column) => $"layers.{layer}.{column.Path}";

    /// <summary>A part's cell stands for the cells of its modules too.</summary>
    private static bool IsCellOf(LayerWeight rule, int layer, Column column) =>
        rule.Pattern == PatternOf(layer, column) || (rule.Pattern.StartsWith($"{PatternOf(layer, column)}.", StringComparison.Ordinal) && CellPattern().IsMatch(rule.Pattern));

    private Task BendAsync(LayerCurve curve) => Changed.InvokeAsync(Share with
    {
        Curve = curve.IsPlain ? null : curve,
        Layers = curve.Shape == (Share.Curve?.Shape ?? CurveShape.All) ? Share.Layers : [.. Share.Layers.Where(rule => !CellPattern().IsMatch(rule.Pattern))],
    });

    /// <summary>What is typed last stands first: a module's cell before that of its part, and a part's in the place of its modules'.</summary>
    private Task TypeAsync(int layer, Column column, double? weight)
    {
        var others = Share.Layers.Where(rule => !IsCellOf(rule, layer, column));
        return Changed.InvokeAsync(Share with { Layers = weight is { } typed ? [new LayerWeight(PatternOf(layer, column), BlendPlan.Clamp(typed)), .. others] : [.. others] });
    }

    private string? Heat(double? weight) => weight is not { } value ? null : string.Create(CultureInfo.InvariantCulture,
        $"--heat:{(_largest > 0 ? Math.Abs(value) / _largest : 0):0.###};--tint:var(--color-{(value < 0 ? "danger" : "accent")})");

    [GeneratedRegex(@"^layers\.\d+\.(self_attn|mlp)(?<module>\.[a-z]+_proj)?$")]
    private static partial Regex CellPattern();

    /// <summary>A part of a layer, or one of its modules.</summary>
    private sealed record Column(string Title, string Path, Func<LayerModule, bool> Holds);
}
