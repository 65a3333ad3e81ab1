using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Publishing.Checks;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Inspection.Anatomy;
using AdapterHub.Formats.Inspection.Datasets;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Web.Api.Hub;

/// <summary>What was found in files as the interface's records.</summary>
internal static class InspectionRecords
{
    private const int MostSingularValues = 32;

    public static HubFinding Record(this InspectionFinding finding) => new(
        finding.Severity switch { FindingSeverity.Refused => HubSeverity.Refused, FindingSeverity.Warning => HubSeverity.Warning, _ => HubSeverity.Note },
        finding.Problem, finding.Advice, finding.File, finding.Subject, finding.Expected, finding.Found);

    public static HubReport Record(this DraftReport report) => new(
        report.IsChecked, report.CanPublish, [.. report.Findings.Select(Record)], report.Card, report.IsCardDrafted,
        report.LooksLike is { } kind ? HubRecords.Record(kind) : null, report.Report is { } whole ? Coverage(whole) : null);

    public static HubReport Record(this RevisionReport report) =>
        new(IsChecked: true, !report.IsRefused, [.. report.Findings.Select(Record)], Coverage: Coverage(report));

    public static HubTensors Record(this SafetensorsListing listing) => new(
        listing.Bytes, listing.Parameters,
        [.. listing.Dtypes.Select(dtype => new HubDtype(dtype.Dtype, dtype.Tensors, dtype.Parameters, dtype.Bytes))],
        [.. listing.Tensors.Select(tensor => new HubTensor(tensor.Name, tensor.Dtype, tensor.Shape, tensor.Bytes))], listing.Metadata);

    public static HubAnatomy Record(this AdapterAnatomy anatomy) => new(
        anatomy.Parameters, anatomy.Norm, [.. anatomy.Modules.Select(Record)], anatomy.MeanEffectiveRank, anatomy.ShareOfBase);

    public static HubRows Record(this DatasetLook look) => new(
        [.. look.Files.Select(HubRecords.Record)], look.Path, look.Preview?.Columns ?? [], look.Preview?.Rows ?? [],
        look.Preview is { } preview ? Word(preview.Format) : null, look.Preview?.RowCount, look.Preview?.IsCounted ?? false, look.Preview?.Problem);

    public static HubLineage Record(this Lineage lineage) =>
        new([.. lineage.Parents.Select(Record)], [.. lineage.Children.Select(Record)], lineage.ChildCount);

    private static HubLineageEnd Record(LineageEnd end) => new(
        (HubRelation)(int)end.Relation, end.Label, end.Repository?.ToString(), end.Kind is { } kind ? HubRecords.Record(kind) : null, end.Revision, end.Weight);

    private static HubModuleAnatomy Record(ModuleAnatomy module) => new(
        module.Path, module.Rank, module.Norm, module.SingularValues.IsDefaultOrEmpty ? [] : [.. module.SingularValues.Take(MostSingularValues)],
        module.EffectiveRank, module.IsDora, module.HasBias);

    private static HubCoverage? Coverage(RevisionReport report) => report.Files.Coverage is not { } coverage ? null : new HubCoverage(
        report.Base?.Name, coverage.Bound,
        [.. coverage.Misfits.Select(misfit => new HubMisfit(misfit.Path, misfit.Problem, misfit.Expected, misfit.Found))],
        coverage.Replaced, coverage.Added, coverage.Untouched, coverage.Adaptable);

    private static string Word(DatasetFormat format) => format switch
    {
        DatasetFormat.Text => "text",
        DatasetFormat.JsonLines => "json-lines",
        DatasetFormat.Csv => "csv",
        DatasetFormat.Tsv => "tsv",
        DatasetFormat.Parquet => "parquet",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "This format has no word."),
    };
}
