using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Where a run can go on, what each of these places writes, and what came of the run.</summary>
public sealed partial class RunCheckpoints : ComponentBase
{
    private int? _tried, _published;

    [Parameter, EditorRequired] public RunDetail Detail { get; set; } = null!;

    private bool CanUse => Detail.CanAct && Detail.Run.Kind == RunKind.Train;

    protected override void OnParametersSet()
    {
        // A newer checkpoint may have taken the place of one that is looked at.
        if (_tried is { } tried && Detail.Checkpoints.All(checkpoint => checkpoint.Step != tried))
            _tried = null;
        if (_published is { } published && Detail.Checkpoints.All(checkpoint => checkpoint.Step != published))
            _published = null;
    }

    private void Choose(int step, bool isPublished)
    {
        if (isPublished)
            (_published, _tried) = (_published == step ? null : step, null);
        else
            (_tried, _published) = (_tried == step ? null : step, null);
    }
}
