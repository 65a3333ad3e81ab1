using System.Text.Json;
using System.Text.Json.Serialization;
using AdapterHub.Catalog.Cards;
using AdapterHub.Formats.Inspection;

namespace AdapterHub.Catalog.Publishing.Checks;

/// <summary>What a look at the files of a revision found that does not depend on the card: kept by the files' digests.</summary>
public sealed record FilesReport
{
    /// <summary>Refusals first, then warnings, then notes.</summary>
    public required IReadOnlyList<InspectionFinding> Findings { get; init; }

    /// <summary>Of an adapter whose files can be read.</summary>
    public AdapterFacts? Adapter { get; init; }

    /// <summary>How the adapter fits the base; null without one.</summary>
    public AdapterCoverage? Coverage { get; init; }

    /// <summary>Parameters of a base model, as stored.</summary>
    public long? Parameters { get; init; }

    /// <summary>Of a base model, such as <c>LlamaForCausalLM</c>.</summary>
    public string? Architecture { get; init; }

    [JsonIgnore]
    public bool IsRefused => Findings.Any(finding => finding.Severity == FindingSeverity.Refused);

    internal string ToJson() => JsonSerializer.Serialize(this, ChecksJson.Default.FilesReport);

    internal static FilesReport FromJson(string json) => JsonSerializer.Deserialize(json, ChecksJson.Default.FilesReport)!;
}

/// <summary>Everything that was found about a revision before it is made.</summary>
public sealed record RevisionReport
{
    public required FilesReport Files { get; init; }

    /// <summary>Findings of the files and of the card together: refusals first, then warnings, then notes.</summary>
    public required IReadOnlyList<InspectionFinding> Findings { get; init; }

    /// <summary>README.md; empty where there is none.</summary>
    public required CardDocument Card { get; init; }

    /// <summary>The base model as the card or the config names it.</summary>
    public string? DeclaredBase { get; init; }

    /// <summary>The base model's repository here.</summary>
    public BaseMatch? Base { get; init; }

    /// <summary>Parameters of the base, where it could be read.</summary>
    public long? BaseParameters { get; init; }

    public bool IsRefused => Findings.Any(finding => finding.Severity == FindingSeverity.Refused);

    /// <summary>Every refusal, or every warning, one line each.</summary>
    public IReadOnlyList<string> Lines(FindingSeverity severity) => [.. Findings.Where(finding => finding.Severity == severity).Select(finding => finding.ToString())];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FilesReport))]
internal sealed partial class ChecksJson : JsonSerializerContext;
