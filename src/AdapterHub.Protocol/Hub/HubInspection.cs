using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Hub;

[JsonConverter(typeof(WordConverter<HubSeverity>))]
public enum HubSeverity
{
    /// <summary>For information.</summary>
    [JsonStringEnumMemberName("note")]
    Note,

    /// <summary>Published, but somebody should look at it.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>Nothing is published while it stands.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,
}

/// <summary>One thing that a look at the files found.</summary>
/// <param name="Problem">What is wrong.</param>
/// <param name="Advice">What to do about it.</param>
/// <param name="File">Absent for the files as a whole.</param>
/// <param name="Subject">The tensor, the key or the line that it is about.</param>
public sealed record HubFinding(
    HubSeverity Severity, string Problem, string Advice, string? File = null, string? Subject = null, string? Expected = null, string? Found = null);

/// <summary>How an adapter fits a base model.</summary>
/// <param name="Base">The base's repository.</param>
/// <param name="Bound">Modules that fit.</param>
/// <param name="Unbound">What does not fit, and why.</param>
/// <param name="Replaced">Whole tensors that replace one of the base.</param>
/// <param name="Added">Whole tensors for which the base has none.</param>
/// <param name="Untouched">Layers of the base that the adapter leaves alone.</param>
/// <param name="Adaptable">Layers of the base that an adapter could change.</param>
public sealed record HubCoverage(
    string? Base, IReadOnlyList<string> Bound, IReadOnlyList<HubMisfit> Unbound, IReadOnlyList<string> Replaced, IReadOnlyList<string> Added,
    IReadOnlyList<string> Untouched, int Adaptable);

public sealed record HubMisfit(string Path, string Problem, string? Expected = null, string? Found = null);

/// <summary>What publishing a draft as it is now would give, or what the checks say of a revision.</summary>
/// <param name="IsChecked">Whether everything has arrived, so that the files were looked at.</param>
/// <param name="CanPublish">Whether nothing is refused.</param>
/// <param name="Findings">Refusals first, then warnings, then notes.</param>
/// <param name="Card">README.md as it would be published.</param>
/// <param name="IsCardDrafted">Whether the hub drafted the card from the files.</param>
/// <param name="LooksLike">What the files look like.</param>
/// <param name="Coverage">Of an adapter whose base is in this hub.</param>
public sealed record HubReport(
    bool IsChecked, bool CanPublish, IReadOnlyList<HubFinding> Findings, string? Card = null, bool IsCardDrafted = false, HubRepositoryKind? LooksLike = null,
    HubCoverage? Coverage = null);

/// <summary>What a safetensors file holds, from its header.</summary>
/// <param name="Bytes">Of the whole file.</param>
/// <param name="Parameters">Elements of all tensors.</param>
/// <param name="Dtypes">Totals by type, the largest first.</param>
/// <param name="Tensors">By name.</param>
/// <param name="Metadata">The file's own.</param>
public sealed record HubTensors(
    long Bytes, long Parameters, IReadOnlyList<HubDtype> Dtypes, IReadOnlyList<HubTensor> Tensors, IReadOnlyDictionary<string, string> Metadata);

public sealed record HubDtype(string Dtype, int Tensors, long Parameters, long Bytes);

/// <param name="Shape">Sizes, outermost first.</param>
public sealed record HubTensor(string Name, string Dtype, IReadOnlyList<long> Shape, long Bytes);

/// <summary>What an adapter changes: the sizes and ranks of dW = s B A.</summary>
/// <param name="Parameters">Trained numbers.</param>
/// <param name="Norm">Frobenius norm of all changes together.</param>
/// <param name="MeanEffectiveRank">Weighed by the squared norms.</param>
public sealed record HubAnatomy(long Parameters, double Norm, IReadOnlyList<HubModuleAnatomy> Modules, double? MeanEffectiveRank = null, double? ShareOfBase = null);

/// <param name="Norm">Frobenius norm of dW.</param>
/// <param name="SingularValues">Of dW, the largest first, at most 32.</param>
/// <param name="EffectiveRank">How many directions the change really uses.</param>
/// <param name="IsDora">Then the norms are of the direction's change alone.</param>
public sealed record HubModuleAnatomy(
    string Path, int Rank, double Norm, IReadOnlyList<double> SingularValues, double? EffectiveRank = null, bool IsDora = false, bool HasBias = false);

/// <summary>The beginning of a file of data as a table.</summary>
/// <param name="Files">The revision's files of data.</param>
/// <param name="Path">The one that is shown; absent where there is none.</param>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">One cell a column; null where a row has none. Long cells are cut, with an ellipsis.</param>
/// <param name="Format">text, json-lines, csv, tsv or parquet.</param>
/// <param name="RowCount">Rows of the file, counted or estimated.</param>
/// <param name="IsCounted">Whether they were counted.</param>
/// <param name="Problem">Why the table ends early or is empty.</param>
public sealed record HubRows(
    IReadOnlyList<HubFile> Files, string? Path, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows, string? Format = null,
    long? RowCount = null, bool IsCounted = false, string? Problem = null);

/// <summary>Where a repository comes from and what came of it.</summary>
/// <param name="Parents">Base model first, then the parents of a blend, datasets, forks and runs.</param>
/// <param name="Children">The most liked first.</param>
/// <param name="ChildCount">All of them.</param>
public sealed record HubLineage(IReadOnlyList<HubLineageEnd> Parents, IReadOnlyList<HubLineageEnd> Children, int ChildCount);

[JsonConverter(typeof(WordConverter<HubRelation>))]
public enum HubRelation
{
    [JsonStringEnumMemberName("base-model")]
    BaseModel,

    [JsonStringEnumMemberName("blend-parent")]
    BlendParent,

    [JsonStringEnumMemberName("fork")]
    Fork,

    [JsonStringEnumMemberName("dataset")]
    Dataset,

    [JsonStringEnumMemberName("run")]
    Run,
}

/// <param name="Label">The name that the child's card or config gives its parent; of a child its own.</param>
/// <param name="Repository">Where it is in this hub.</param>
/// <param name="Revision">Of the parent, where known.</param>
/// <param name="Weight">Of the parent in a blend.</param>
public sealed record HubLineageEnd(
    HubRelation Relation, string Label, string? Repository = null, HubRepositoryKind? Kind = null, string? Revision = null, double? Weight = null);
