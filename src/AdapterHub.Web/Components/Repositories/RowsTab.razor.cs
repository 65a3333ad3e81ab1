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
    private HashSet<string> _numbers = [];
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
        var path = Asked ?? FindTraining(Revision);
        _look = await inspections.GetDatasetPreviewAsync(await actors.GetAsync(), Repository.Name, Revision.Commit.Id, path, MostRows);
        _numbers = _look.Preview is { } preview ? NumberColumns(preview) : [];
    }

    private string AddressOf(string path) => $"{Addresses.Tab(Repository.Name, "rows", Shown)}&file={Uri.EscapeDataString(path)}";

    /// <summary>Those whose every cell shown is a number.</summary>
    private static HashSet<string> NumberColumns(DatasetPreview preview) =>
        [.. preview.Columns.Where((name, column) => preview.Rows.Any(row => row[column] is not null)
            && preview.Rows.All(row => row[column] is null or "" || double.TryParse(row[column], NumberStyles.Float, CultureInfo.InvariantCulture, out _)))];

    /// <summary>What one wants to see of a dataset first is what is learnt from.</summary>
    private static string? FindTraining(RevisionView revision) => revision.Files.FirstOrDefault(file =>
        Path.GetFileName(file.Path).StartsWith("train", StringComparison.OrdinalIgnoreCase)
        && DatasetFormats.Find(file.Path) is not (null or DatasetFormat.Parquet))?.Path;

    private static string CountText(DatasetPreview preview) => preview switch
    {
        { Rows.Count: 0 } => $"{preview.Format}, {Display.Bytes(preview.Bytes)}",
        { IsWhole: true } => preview.Rows.Count == 1 ? "The only row." : $"All {preview.Rows.Count} rows.",
        { RowCount: { } count, IsCounted: true } => $"The first {preview.Rows.Count} of {Display.Exact(count)} rows.",
        { RowCount: { } count } => $"The first {preview.Rows.Count} of about {Display.Count(count)} rows, as far as the file's beginning tells.",
        _ => $"The first {Display.Counted(preview.Rows.Count, "row")}.",
    };
}
