using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>What kind of repository the files will make a revision of.</summary>
public enum UploadKind
{
    Adapter,
    BaseModel,
    Dataset,
}

/// <summary>A file that will be part of a revision.</summary>
/// <param name="Path">Its path in the repository, with forward slashes.</param>
/// <param name="LocalPath">Where its bytes lie on this machine, under whatever name.</param>
/// <param name="Length">How many bytes were announced for it.</param>
/// <param name="IsKnown">
/// Its bytes were found good in an earlier revision: values are not scanned again, only what depends on the other files is looked at.
/// </param>
public sealed record UploadFile(string Path, string LocalPath, long Length, bool IsKnown = false);

/// <summary>A base model by name, for telling which one an adapter would fit.</summary>
public sealed record BaseModelChoice(string Name, BaseTensorMap Map);

/// <summary>What an upload is judged against.</summary>
public sealed record UploadOptions
{
    /// <summary>The base that the adapter's card or the person declares; null when it is not in this hub.</summary>
    public BaseModelChoice? Base { get; init; }

    /// <summary>Bases to suggest when the declared one does not fit at all. Asked for only then.</summary>
    public Func<IEnumerable<BaseModelChoice>>? OtherBases { get; init; }

    /// <summary>Judges what this look leaves to others, such as the card and its licence; its findings join the rest.</summary>
    public Func<IReadOnlyList<UploadFile>, IEnumerable<InspectionFinding>>? AlsoJudge { get; init; }

    public SafetensorsLimits Limits { get; init; } = SafetensorsLimits.Upload;

    /// <summary>Most files of a revision.</summary>
    public int MostFiles { get; init; } = 10_000;
}

/// <summary>Everything that a look at an upload found.</summary>
public sealed record UploadReport
{
    /// <summary>Refusals first, then warnings, then notes; each in the order of the files.</summary>
    public required IReadOnlyList<InspectionFinding> Findings { get; init; }

    /// <summary>The adapter without its values; null for other kinds and where its files cannot be read.</summary>
    public AdapterOutline? Adapter { get; init; }

    /// <summary>How the adapter fits its declared base; null where either is missing.</summary>
    public AdapterCoverage? Coverage { get; init; }

    /// <summary>The base model's tensors; null for other kinds and where its files cannot be read.</summary>
    public BaseTensorMap? Base { get; init; }

    /// <summary>Whether nothing of it may be published.</summary>
    public bool IsRefused => Findings.Any(finding => finding.Severity == FindingSeverity.Refused);
}
