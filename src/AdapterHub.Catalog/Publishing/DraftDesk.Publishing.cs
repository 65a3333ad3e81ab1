using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing.Checks;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Formats;
using AdapterHub.Formats.Inspection;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing;

public sealed partial class DraftDesk
{
    /// <summary>Looks at the draft as it is now. Files that did not change since the last look are not read again.</summary>
    public async Task<DraftReport> GetReportAsync(Actor actor, string draftId, CancellationToken cancel = default)
    {
        await GetAsync(actor, draftId, cancel);
        Draft draft;
        long? ownerId;
        RevisionTree before;
        await using (var context = await contexts.CreateDbContextAsync(cancel))
        {
            draft = await RequireAsync(context, actor, draftId, cancel);
            before = await TreeBeforeAsync(context, draft, cancel);
            ownerId = draft.Repository?.OwnerId
                ?? await context.Owners.Where(owner => owner.Name == draft.OwnerName).Select(owner => (long?)owner.Id).SingleOrDefaultAsync(cancel)
                ?? await context.Users.Where(user => user.Id == draft.UserId).Select(user => (long?)user.OwnerId).SingleAsync(cancel);
        }

        var here = draft.Files.Where(file => file.Digest is not null).Select(file => new TreeFile(file.Path, file.Digest!, file.Length)).ToList();
        var faults = new List<string>();
        var tree = before.Apply([.. here.Select(file => FileChange.Put(file.Path, file.Digest))], replace: false, Lengths(here), faults);
        var card = draft.Card ?? await checks.CardTextAsync(tree.Files, cancel);
        if (!View(draft).IsComplete)
            return Early(draft, card, faults);
        var revision = new CheckedRevision
        {
            Actor = actor,
            OwnerId = ownerId,
            RepositoryId = draft.RepositoryId,
            Kind = draft.Repository?.Kind ?? draft.Kind,
            Visibility = draft.Repository?.Visibility ?? draft.Visibility,
            Files = tree.Files,
            Card = card,
            Known = before.Files.Select(file => file.Digest).ToHashSet(StringComparer.Ordinal),
        };
        var report = await checks.CheckAsync(revision, cancel);
        if (card is null)
            report = await checks.CheckAsync(revision with { Card = DraftedCard.Of(draft.Name, revision, report) }, cancel);
        return new DraftReport
        {
            IsChecked = true,
            Findings = [.. faults.Select(Fault), .. report.Findings],
            Card = report.Card.ToString(),
            IsCardDrafted = card is null,
            LooksLike = FindKind(draft),
            Report = report,
        };
    }

    /// <summary>Makes the revision, and the repository where it is a new one. The draft is gone afterwards; when it is refused it stays as it was.</summary>
    /// <param name="message">What the revision changes; null takes a plain one.</param>
    /// <exception cref="CatalogException">Conflict while files are missing or no name is chosen; otherwise as for a commit.</exception>
    public async Task<PublishedCommit> PublishAsync(Actor actor, string draftId, string? message = null, CancellationToken cancel = default)
    {
        await GetAsync(actor, draftId, cancel);
        Draft draft;
        await using (var context = await contexts.CreateDbContextAsync(cancel))
            draft = await RequireAsync(context, actor, draftId, cancel);
        var name = NameOf(draft) ?? throw new CatalogException(CatalogFault.Conflict, "Choose a name first: owner/name.");
        if (draft.Files.Where(file => file.Digest is null).Select(file => TreePath.Printable(file.Path)).ToList() is { Count: > 0 } missing)
        {
            throw new CatalogException(CatalogFault.Conflict, $"Not everything has arrived: {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? " and more" : "")}. "
                + "Wait, or remove what will not come.", missing);
        }

        var request = new CommitRequest
        {
            Message = string.IsNullOrWhiteSpace(message) ? draft.RepositoryId is null ? "First version" : "New version" : message,
            Files = await ChangesAsync(actor, draft, cancel),
        };
        // In the publisher's transaction, so that an answer that got lost cannot lead to publishing twice.
        Task Finish(CatalogContext context) => context.Drafts.Where(row => row.Id == draft.Id).ExecuteDeleteAsync(cancel);
        var published = draft.RepositoryId is null
            ? await publisher.CreateAsync(actor, new NewRepository(name, draft.Kind, draft.Visibility), request, Finish, cancel)
            : await publisher.CommitAsync(actor, name, request, Finish, cancel);
        Tell(draft);
        return published;
    }

    /// <summary>The files and the card that the report showed.</summary>
    private async Task<IReadOnlyList<FileChange>> ChangesAsync(Actor actor, Draft draft, CancellationToken cancel)
    {
        var files = draft.Files.Select(file => FileChange.Put(file.Path, file.Digest!)).ToList();
        var report = draft.Card is null ? await GetReportAsync(actor, draft.Id, cancel) : null;
        if ((draft.Card ?? (report is { IsCardDrafted: true } ? report.Card : null)) is not { } card)
            return files;
        var bytes = Encoding.UTF8.GetBytes(card);
        var blob = await store.ReceiveAsync(actor, new MemoryStream(bytes), new ExpectedContent { Length = bytes.Length }, cancel);
        files.RemoveAll(file => file.Path == CardFile);
        files.Add(FileChange.Put(CardFile, blob.Digest));
        return files;
    }

    private static async Task<RevisionTree> TreeBeforeAsync(CatalogContext context, Draft draft, CancellationToken cancel)
    {
        var head = draft.RepositoryId is { } id ? await CommitPlan.FindHeadAsync(context, id, Repository.DefaultBranch, cancel) : null;
        return new RevisionTree((head?.Files ?? []).Select(file => new TreeFile(file.Path, file.Digest, file.Length)));
    }

    private static Dictionary<string, long> Lengths(List<TreeFile> files) =>
        files.GroupBy(file => file.Digest, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Length, StringComparer.Ordinal);

    /// <summary>What can be said before everything is here: nobody should send a gigabyte to hear that its kind is refused.</summary>
    private static DraftReport Early(Draft draft, string? card, List<string> faults) => new()
    {
        IsChecked = false,
        Findings = [.. faults.Select(Fault), .. from file in draft.Files
                                               where PickleFiles.HasPickleName(file.Path)
                                               let finding = PickleFiles.Refuse(file.Path).Findings[0]
                                               select new InspectionFinding(FindingSeverity.Refused, file.Path, null, finding.Problem, finding.Expected, finding.Found, "Remove it here and upload the converted file.")],
        Card = card ?? "",
        IsCardDrafted = false,
        LooksLike = FindKind(draft),
    };

    private static InspectionFinding Fault(string fault) => new(FindingSeverity.Refused, null, null, fault.TrimEnd('.'), null, null, "Rename it or take it out.");

    private static RepositoryKind? FindKind(Draft draft)
    {
        var paths = draft.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        if (paths.Contains("adapter_config.json") || paths.Contains("adapter_model.safetensors"))
            return RepositoryKind.Adapter;
        if (paths.Contains("config.json") || paths.Contains("model.safetensors") || paths.Contains("model.safetensors.index.json"))
            return RepositoryKind.BaseModel;
        return paths.Any(path => Path.GetExtension(path).ToUpperInvariant() is ".JSONL" or ".CSV" or ".TSV" or ".PARQUET" or ".TXT" or ".ARROW") ? RepositoryKind.Dataset : null;
    }
}
