using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing.Checks;
using AdapterHub.Formats.Inspection;

namespace AdapterHub.Catalog.Publishing;

/// <summary>What publishing a draft as it is now would give.</summary>
public sealed record DraftReport
{
    /// <summary>Whether everything has arrived, so that the files were looked at; until then only what their names say is known.</summary>
    public required bool IsChecked { get; init; }

    /// <summary>Refusals first, then warnings, then notes.</summary>
    public required IReadOnlyList<InspectionFinding> Findings { get; init; }

    /// <summary>README.md as it would be published: edited, uploaded, the one of the revision before, or drafted from the files.</summary>
    public required string Card { get; init; }

    /// <summary>Whether the card was drafted here and nobody has looked at it yet.</summary>
    public required bool IsCardDrafted { get; init; }

    /// <summary>What the files look like, to suggest a kind; null where they could be anything.</summary>
    public required RepositoryKind? LooksLike { get; init; }

    /// <summary>The whole result of the checks.</summary>
    public RevisionReport? Report { get; init; }

    public bool CanPublish => IsChecked && Findings.All(finding => finding.Severity != FindingSeverity.Refused);
}
