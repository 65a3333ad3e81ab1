using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Cards;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Formats;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Inspection.Uploads;
using AdapterHub.Formats.Peft;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing.Checks;

/// <summary>What is to be published.</summary>
public sealed record CheckedRevision
{
    /// <summary>Who publishes it: bases that this actor cannot read are not looked at.</summary>
    public required Actor Actor { get; init; }

    /// <summary>Whose repository it is; null while that is open.</summary>
    public long? OwnerId { get; init; }

    /// <summary>The repository; null for one that is still to be made.</summary>
    public long? RepositoryId { get; init; }

    public required RepositoryKind Kind { get; init; }

    public required RepositoryVisibility Visibility { get; init; }

    /// <summary>The whole tree.</summary>
    public required IReadOnlyCollection<TreeFile> Files { get; init; }

    /// <summary>README.md where it is not among the files, or is to replace the one that is.</summary>
    public string? Card { get; init; }

    /// <summary>Digests of the revision before: large files of it are not read again.</summary>
    public IReadOnlySet<string> Known { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>Looks at a revision before it is made: every file by its structure, an adapter against its base, the card.</summary>
public sealed class RevisionChecks(IDbContextFactory<CatalogContext> contexts, BlobStore store, InspectionCache cache, BaseMaps maps)
{
    /// <summary>A smaller known file is read again all the same, for the warnings that only its values give.</summary>
    private const long LargeBytes = 64 << 20;

    private static readonly string[] CardOnly = [DraftDesk.CardFile, ".gitattributes", ".gitignore", "LICENSE", "LICENSE.md", "LICENSE.txt"];

    /// <summary>All findings at once. Refusals are findings too; the caller decides what follows from them.</summary>
    public async Task<RevisionReport> CheckAsync(CheckedRevision revision, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(revision);
        var text = revision.Card ?? await CardTextAsync(revision.Files, cancel);
        var card = CardDocument.Parse(text ?? "");
        var declared = (card.FrontMatter.BaseModels is [var named, ..] ? named : null) ?? (revision.Kind == RepositoryKind.Adapter ? BaseOfConfig(revision.Files) : null);
        BaseMatch? found;
        InspectionFinding? copy;
        await using (var context = await contexts.CreateDbContextAsync(cancel))
        {
            found = await BaseMatch.FindAsync(context, revision.Actor, revision.OwnerId, declared, cancel);
            copy = await FindCopyAsync(context, revision, cancel);
        }

        var (files, fitting) = await FilesAsync(revision, found, cancel);
        var findings = files.Findings.Concat(copy is null ? [] : [copy]).Concat(CardRules.Judge(text is null ? null : card, revision.Visibility))
            .OrderByDescending(finding => finding.Severity).ToList();
        return new RevisionReport
        {
            Files = files,
            Findings = findings,
            Card = card,
            DeclaredBase = declared,
            Base = fitting,
            BaseParameters = fitting is null ? null : (await maps.FindAsync(fitting.CommitKey, cancel))?.Parameters,
        };
    }

    /// <summary>The same weights under another name, where the actor may see it.</summary>
    private static async Task<InspectionFinding?> FindCopyAsync(CatalogContext context, CheckedRevision revision, CancellationToken cancel)
    {
        if (RevisionFacts.FindWeights(revision.Files) is not { } weights)
            return null;
        var other = await RepositoryAccess.Listed(context, revision.Actor).Where(row => row.WeightsDigest == weights.Digest && row.Id != revision.RepositoryId)
            .OrderBy(row => row.Id).Select(row => row.Owner.Name + "/" + row.Name).FirstOrDefaultAsync(cancel);
        return other is null ? null : new InspectionFinding(FindingSeverity.Note, weights.Path, null, "the same bytes are in this hub already", null, other,
            "They are stored once. If it is the same thing, that repository may be the better place to send people to.");
    }

    /// <summary>The card of a tree as text; null where there is none or it is no card by its size.</summary>
    internal async Task<string?> CardTextAsync(IReadOnlyCollection<TreeFile> files, CancellationToken cancel)
    {
        if (files.FirstOrDefault(file => file.Path == DraftDesk.CardFile) is not { } card)
            return null;
        using var reader = new StreamReader(store.OpenRead(card.Digest));
        var buffer = new char[Math.Min(card.Length, CardLimits.Characters) + 1];
        var length = await reader.ReadBlockAsync(buffer, cancel);
        return new string(buffer, 0, length);
    }

    private async Task<(FilesReport Report, BaseMatch? Base)> FilesAsync(CheckedRevision revision, BaseMatch? found, CancellationToken cancel)
    {
        // The card is judged on its own, so that editing it does not read the weights again.
        var files = revision.Files.Where(file => file.Path != DraftDesk.CardFile).ToList();
        if (files.TrueForAll(file => CardOnly.Contains(file.Path, StringComparer.Ordinal)))
            return (Empty(), found);
        var map = found is null || revision.Kind != RepositoryKind.Adapter ? null : await maps.FindAsync(found.CommitKey, cancel);
        var report = await FilesAsync(revision, files, map is null ? null : new BaseModelChoice(found!.Name, map), [], cancel);
        if (report.Coverage?.Verdict != CoverageVerdict.None)
            return (report, found);
        if (!found!.IsNamed)
            return (await FilesAsync(revision, files, null, [], cancel), null);
        var others = await OthersAsync(revision, found, cancel);
        return (others.Count == 0 ? report : await FilesAsync(revision, files, new BaseModelChoice(found.Name, map!), others, cancel), found);
    }

    private async Task<FilesReport> FilesAsync(
        CheckedRevision revision, List<TreeFile> files, BaseModelChoice? declared, IReadOnlyList<BaseModelChoice> others, CancellationToken cancel)
    {
        var terms = $"{revision.Kind} {declared?.Name} {(declared is null ? "" : TreeDigest.Of(declared.Map.ToJson(), []))} {string.Join(' ', others.Select(other => other.Name))}";
        var json = await cache.GetAsync("upload:1:" + TreeDigest.KeyOf(terms, files), () => Inspect(revision, files, declared, others).ToJson(), cancel);
        var report = FilesReport.FromJson(json);
        // The anatomy with it, while its uploader waits for the checks anyway, so that no reader has to.
        if (report.Adapter is not null && !report.IsRefused && AdapterParts.Find(files) is { } parts)
            await cache.GetAsync(parts.AnatomyKey, () => parts.Measure(store), cancel);
        return report;
    }

    private FilesReport Inspect(CheckedRevision revision, List<TreeFile> files, BaseModelChoice? declared, IReadOnlyList<BaseModelChoice> others)
    {
        var kind = revision.Kind switch
        {
            RepositoryKind.Adapter => UploadKind.Adapter,
            RepositoryKind.BaseModel => UploadKind.BaseModel,
            _ => UploadKind.Dataset,
        };
        var uploads = files.Select(file => new UploadFile(file.Path, store.PathOf(file.Digest), file.Length, file.Length >= LargeBytes && revision.Known.Contains(file.Digest)));
        var report = UploadInspection.Inspect(kind, [.. uploads], new UploadOptions { Base = declared, OtherBases = () => others });
        return new FilesReport
        {
            Findings = report.Findings,
            Adapter = report.Adapter is { } adapter ? AdapterFacts.Of(adapter) : null,
            Coverage = report.Coverage,
            Parameters = report.Base?.Parameters,
            Architecture = report.Base?.Architecture,
        };
    }

    private async Task<IReadOnlyList<BaseModelChoice>> OthersAsync(CheckedRevision revision, BaseMatch declared, CancellationToken cancel)
    {
        IReadOnlyList<BaseMatch> bases;
        await using (var context = await contexts.CreateDbContextAsync(cancel))
            bases = await BaseMatch.ListAsync(context, revision.Actor, revision.OwnerId, cancel);
        var choices = new List<BaseModelChoice>();
        foreach (var other in bases.Where(other => other.RepositoryId != declared.RepositoryId))
        {
            if (await maps.FindAsync(other.CommitKey, cancel) is { } map)
                choices.Add(new BaseModelChoice(other.Name, map));
        }

        return choices;
    }

    private string? BaseOfConfig(IReadOnlyCollection<TreeFile> files)
    {
        if (files.FirstOrDefault(file => file.Path == PeftConfig.FileName) is not { } config)
            return null;
        try
        {
            return PeftConfig.Read(store.PathOf(config.Digest)).BaseModelNameOrPath;
        }
        catch (AdapterFormatException)
        {
            // Inspection says what is wrong with it.
            return null;
        }
    }

    /// <summary>A repository that so far says only what it will be.</summary>
    private static FilesReport Empty() => new()
    {
        Findings = [new InspectionFinding(FindingSeverity.Warning, null, null, "there is nothing but the card yet", null, null, "Upload the files that it describes.")],
    };
}
