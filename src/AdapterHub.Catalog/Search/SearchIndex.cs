using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Search;

/// <summary>
/// Writes the words by which a repository is found. Everything else that search knows (visibility, trash, counters, facets) it sees by itself,
/// as triggers note every change of a repository, its tags and its owner's name.
/// </summary>
public static class SearchIndex
{
    /// <summary>Characters of a card that are indexed; what stands below is found by nobody, and a card of any length costs no more.</summary>
    private const int LongestBody = 20_000;

    private const string WriteSql = """
        INSERT OR REPLACE INTO "SearchDocuments" (rowid, "Name", "Owner", "Title", "Tags", "Base", "Summary", "Body")
        VALUES ($id, $name, $owner, $title, $tags, $base, $summary, IFNULL($body, (SELECT "Body" FROM "SearchDocuments" WHERE rowid = $id)))
        """;

    /// <summary>
    /// Call after the repository's columns and tags are saved, inside the same transaction: when it is made, published, renamed or transferred.
    /// Does nothing for a repository that is not there any more; a trigger removed its words.
    /// </summary>
    /// <param name="cardText">The card's body as Markdown or plain text; null keeps what is indexed.</param>
    public static async Task UpdateAsync(CatalogContext context, long repositoryId, string? cardText, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(context);
        var facts = await context.Repositories.AsNoTracking().Where(repository => repository.Id == repositoryId)
            .Select(r => new { r.Name, Owner = r.Owner.Name, r.Title, r.Summary, r.BaseModel, Tags = r.Tags.Select(tag => tag.Tag).ToList() })
            .SingleOrDefaultAsync(cancel);
        if (facts is null)
            return;
        await context.Database.OpenConnectionAsync(cancel);
        try
        {
            await using var command = SnapshotReader.Command(context, WriteSql);
            command.Parameters.AddWithValue("$id", repositoryId);
            command.Parameters.AddWithValue("$name", SearchText.Expanded(facts.Name));
            command.Parameters.AddWithValue("$owner", SearchText.Expanded(facts.Owner));
            command.Parameters.AddWithValue("$title", SearchText.Expanded(facts.Title));
            command.Parameters.AddWithValue("$tags", string.Join(' ', facts.Tags.Order(StringComparer.OrdinalIgnoreCase).Select(SearchText.Expanded)));
            command.Parameters.AddWithValue("$base", SearchText.Expanded(facts.BaseModel));
            command.Parameters.AddWithValue("$summary", SearchText.Running(facts.Summary));
            command.Parameters.AddWithValue("$body", cardText is null ? DBNull.Value : SearchText.Running(Shortened(cardText)));
            await command.ExecuteNonQueryAsync(cancel);
        }
        finally
        {
            await context.Database.CloseConnectionAsync();
        }
    }

    /// <summary>As above, with the card's text as it is indexed.</summary>
    public static Task UpdateAsync(CatalogContext context, long repositoryId, CancellationToken cancel) =>
        UpdateAsync(context, repositoryId, null, cancel);

    /// <summary>Call after an owner's name changed, inside the same transaction.</summary>
    public static async Task UpdateOwnerAsync(CatalogContext context, long ownerId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(context);
        var ids = await context.Repositories.Where(repository => repository.OwnerId == ownerId).Select(repository => repository.Id).ToListAsync(cancel);
        foreach (var id in ids)
            await UpdateAsync(context, id, cancel);
    }

    /// <summary>Gives one repository the words of another's card; call inside the transaction that copies it.</summary>
    public static async Task CopyAsync(CatalogContext context, long fromId, long toId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(context);
        var body = await context.Database.SqlQuery<string?>($"SELECT Body AS Value FROM SearchDocuments WHERE rowid = {fromId}").SingleOrDefaultAsync(cancel);
        await UpdateAsync(context, toId, body, cancel);
    }

    private static string Shortened(string text) => text.Length <= LongestBody ? text : text[..LongestBody];
}
