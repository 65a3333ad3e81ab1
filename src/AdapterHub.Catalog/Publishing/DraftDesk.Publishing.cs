using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing;

public sealed partial class DraftDesk
{
    /// <summary>Makes the revision, and the repository where it is a new one. The draft is gone afterwards; when it is refused it stays as it was.</summary>
    /// <param name="message">What the revision changes; null takes a plain one.</param>
    /// <exception cref="CatalogException">Conflict while files are missing or no name is chosen; otherwise as for a commit.</exception>
    public async Task<PublishedCommit> PublishAsync(Actor actor, string draftId, string? message = null, CancellationToken cancel = default)
    {
        Draft draft;
        await using (var context = await contexts.CreateDbContextAsync(cancel))
            draft = await RequireAsync(context, actor, draftId, cancel);
        var name = NameOf(draft) ?? throw new CatalogException(CatalogFault.Conflict, "Choose a name first: owner/name.");
        if (draft.Files.Where(file => file.Digest is null).Select(file => TreePath.Printable(file.Path)).ToList() is { Count: > 0 } missing)
            throw new CatalogException(CatalogFault.Conflict, $"Not everything has arrived: {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? " and more" : "")}. Wait, or remove what will not come.", missing);
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

    private async Task<IReadOnlyList<FileChange>> ChangesAsync(Actor actor, Draft draft, CancellationToken cancel)
    {
        var files = draft.Files.Select(file => FileChange.Put(file.Path, file.Digest!)).ToList();
        if (draft.Card is { } card)
        {
            var bytes = Encoding.UTF8.GetBytes(card);
            var blob = await store.ReceiveAsync(actor, new MemoryStream(bytes), new ExpectedContent { Length = bytes.Length }, cancel);
            files.RemoveAll(file => file.Path == CardFile);
            files.Add(FileChange.Put(CardFile, blob.Digest));
        }

        return files;
    }
}
