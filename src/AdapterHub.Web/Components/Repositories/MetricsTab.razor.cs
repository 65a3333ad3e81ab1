using AdapterHub.Catalog.Cards;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>What the card states (model-index) and the curves of the training report that lies beside the weights.</summary>
public sealed partial class MetricsTab(BlobStore blobs) : ComponentBase
{
    private const long LargestReport = 8_000_000;

    private IReadOnlyList<CardResult> _results = [];
    private TrainingCurves? _report;
    private string? _shown;
    private bool _isLoaded;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    [Parameter, EditorRequired] public RevisionView Revision { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (string.Equals(_shown, Revision.Commit.Id, StringComparison.Ordinal))
            return;
        _shown = Revision.Commit.Id;
        if (Revision.Find("README.md") is { } card && await FileText.ReadAsync(blobs, card, CardLimits.Characters, default) is { } text)
            _results = CardDocument.Parse(text).FrontMatter.Results;
        if (Revision.Find("training_report.json") is { } file && await FileText.ReadAsync(blobs, file, LargestReport, default) is { } report)
            _report = TrainingCurves.TryRead(report);
        _isLoaded = true;
    }
}
