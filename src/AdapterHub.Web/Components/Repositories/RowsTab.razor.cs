using System.Globalization;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Formats.Inspection.Datasets;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Formatting;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>The first rows of one of a dataset's files as a table.</summary>
public sealed partial class RowsTab(RevisionInspections inspections, ActorAccessor actors) : ComponentBase
{
    private const int MostRows = 30;

    private DatasetLook? _look;
    private (string, string?)? _shown;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    [Parameter, EditorRequired] public RevisionView Revision { get; set; } = null!;

    /// <summary>Path of the file to show; null for the first.</summary>
    [Parameter] public string? Asked { get; set; }

    private string? Shown => Revision.Commit.Id == Repository.Head ? null : Revision.Commit.Id;

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == (Revision.Commit.Id, Asked))
            return;
        _shown = (Revision.Commit.Id, Asked);
        _look = await inspections.GetDatasetPreviewAsync(await actors.GetAsync(), Repository.Name, Revision.Commit.Id, Asked, MostRows);
    }

    private string AddressOf(string path) => $"{Addresses.Tab(Repository.Name, "rows", Shown)}&file={Uri.EscapeDataString(path)}";

    /// <summary>Numbers stand in a column; long texts get room to wrap in.</summary>
    private static string? ClassOf(string? cell) => cell switch
    {
        null => null,
        { Length: > 60 } => "rows-long",
        _ when double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => "number",
        _ => null,
    };

    private static string CountText(DatasetPreview preview) => preview switch
    {
        { Rows.Count: 0 } => $"{preview.Format}, {Display.Bytes(preview.Bytes)}",
        { IsWhole: true } => $"All {Display.Counted(preview.Rows.Count, "row")}.",
        { RowCount: { } count, IsCounted: true } => $"The first {preview.Rows.Count} of {Display.Exact(count)} rows. Long cells are cut.",
        { RowCount: { } count } => $"The first {preview.Rows.Count} of about {Display.Count(count)} rows, as far as its beginning tells. Long cells are cut.",
        _ => $"The first {Display.Counted(preview.Rows.Count, "row")}. Long cells are cut.",
    };
}
