using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Playground;

/// <summary>Chooses the text whose perplexity is measured: pasted, or the beginning of a dataset.</summary>
public sealed partial class MeasuredText : ComponentBase
{
    [Parameter, EditorRequired] public PlaygroundPlan Plan { get; set; } = null!;

    /// <summary>Full names of datasets to choose from.</summary>
    [Parameter] public IReadOnlyList<string> Datasets { get; set; } = [];

    [Parameter] public EventCallback<PlaygroundPlan> Changed { get; set; }

    /// <summary>The one of the address may not be among those that were found.</summary>
    private IEnumerable<string> Names => Plan.MeasuredFrom is { } chosen && !Datasets.Contains(chosen) ? Datasets.Prepend(chosen) : Datasets;
}
