using AdapterHub.Formats;
using AdapterHub.Protocol.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>Weights of single layers of one adapter. A line counts once its pattern is one.</summary>
public sealed partial class LayerRules : ComponentBase
{
    private readonly List<Row> _rows = [];
    private IReadOnlyList<LayerWeight>? _shown;

    [Parameter, EditorRequired] public BlendShare Share { get; set; } = null!;

    /// <summary>Behind the adapter's name where it stands twice on a page.</summary>
    [Parameter] public string Mark { get; set; } = "";

    [Parameter] public EventCallback<IReadOnlyList<LayerWeight>> Changed { get; set; }

    protected override void OnParametersSet()
    {
        // Lines that are not finished stay when the address comes round with the others.
        if (_shown is not null && (_shown.SequenceEqual(Share.Layers) || Good().SequenceEqual(Share.Layers)))
            return;
        _shown = Share.Layers;
        _rows.Clear();
        _rows.AddRange(Share.Layers.Select(layer => new Row { Pattern = layer.Pattern, Weight = layer.Weight }));
        if (_rows.Count == 0)
            _rows.Add(new Row { Weight = Share.Weight });
    }

    private static bool IsWrong(Row row) => row.Pattern.Length > 0 && !ModulePattern.TryParse(row.Pattern, out _);

    private IEnumerable<LayerWeight> Good() => _rows.Where(row => row.Pattern.Length > 0 && !IsWrong(row)).Select(row => new LayerWeight(row.Pattern, row.Weight));

    private Task SetAsync(Row row, string? pattern, double weight)
    {
        (row.Pattern, row.Weight) = (pattern?.Trim() ?? "", BlendPlan.Clamp(weight));
        return TellAsync();
    }

    private Task RemoveAsync(Row row)
    {
        _rows.Remove(row);
        return TellAsync();
    }

    private Task TellAsync()
    {
        List<LayerWeight> layers = [.. Good()];
        return layers.SequenceEqual(Share.Layers) ? Task.CompletedTask : Changed.InvokeAsync(layers);
    }

    private sealed class Row
    {
        public string Pattern { get; set; } = "";

        public double Weight { get; set; }
    }
}
