using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Search;

/// <summary>Reads cards from the database, once more through the rule of who may see what.</summary>
internal static class CardReader
{
    internal static async Task<List<RepositoryCard>> ReadAsync(
        CatalogContext context, Actor actor, IReadOnlyList<long> ids, Func<long, string?> baseName, CancellationToken cancel)
    {
        var user = actor.UserId ?? 0;
        var rows = await RepositoryAccess.Listed(context, actor).AsNoTracking().Where(repository => ids.Contains(repository.Id))
            .Select(r => new
            {
                Repository = r,
                Owner = r.Owner.Name,
                Tags = r.Tags.Select(tag => tag.Tag).ToList(),
                Liked = context.Likes.Any(like => like.RepositoryId == r.Id && like.UserId == user),
            })
            .ToListAsync(cancel);
        var cards = rows.ToDictionary(row => row.Repository.Id, row => Card(row.Repository, row.Owner, row.Tags, row.Liked, baseName));
        return [.. ids.Where(cards.ContainsKey).Select(id => cards[id])];
    }

    private static RepositoryCard Card(Repository repository, string owner, List<string> tags, bool liked, Func<long, string?> baseName) => new()
    {
        Id = repository.Id,
        Owner = owner,
        Name = repository.Name,
        Kind = repository.Kind,
        Visibility = repository.Visibility,
        Title = repository.Title,
        Summary = repository.Summary,
        BaseModel = repository.BaseModel,
        BaseRepository = repository.BaseRepositoryId is { } id ? baseName(id) : null,
        Method = repository.Method,
        Rank = repository.Rank,
        Parameters = repository.Parameters,
        Bytes = repository.Bytes,
        Task = repository.Task,
        License = repository.License,
        Languages = SnapshotReader.Split(repository.Languages),
        Tags = [.. tags.Order(StringComparer.OrdinalIgnoreCase)],
        Downloads = repository.Downloads,
        Likes = repository.Likes,
        Liked = liked,
        CreatedAt = repository.CreatedAt,
        UpdatedAt = repository.UpdatedAt,
        Thumbnail = repository.WeightsDigest,
    };
}
