using System.Globalization;
using AdapterHub.Catalog.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Charts;

/// <summary>
/// A curve as small as a word.
/// <c>&lt;Sparkline Points="@losses" Label="Training loss, 4.1 to 3.2" /&gt;</c>
/// </summary>
public sealed partial class Sparkline : ComponentBase
{
    private string _line = "";

    [Parameter, EditorRequired] public IReadOnlyList<MetricPoint> Points { get; set; } = [];

    [Parameter, EditorRequired] public string Label { get; set; } = "";

    protected override void OnParametersSet()
    {
        var shown = Points.Where(point => double.IsFinite(point.Value)).ToList();
        if (shown.Count < 2)
        {
            _line = "";
            return;
        }

        var (first, last) = (shown[0].Step, shown[^1].Step);
        var (low, high) = (shown.Min(point => point.Value), shown.Max(point => point.Value));
        _line = string.Join(' ', shown.Select(point => string.Create(CultureInfo.InvariantCulture,
            $"{(point.Step - first) * 100.0 / Math.Max(1, last - first):0.#},{22 - (point.Value - low) * 20 / Math.Max(1e-12, high - low):0.#}")));
    }
}
