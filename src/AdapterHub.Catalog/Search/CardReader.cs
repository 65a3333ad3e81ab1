using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Search;

/// <summary>Reads cards from the database, once more through the rule of who may see what.</summary>
internal static class CardReader
{
    internal sealed record Found(Repository Repository, string Owner, List<string> Tags, bool Liked);

    internal static async Task<List<RepositoryCard>> ReadAsync(CatalogLook look, Actor actor, IReadOnlyList<long> ids, CancellationToken cancel)
    {
        if (ids.Count == 0)
            return [];
        var rows = await Query(look.Context, actor, ids).ToListAsync(cancel);
        var cards = rows.ToDictionary(row => row.Repository.Id, row => Card(row.Repository, row, look));
        return [.. ids.Where(cards.ContainsKey).Select(id => cards[id])];
    }

    internal static IQueryable<Found> Query(CatalogContext context, Actor actor, IReadOnlyList<long> ids)
    {
        var user = actor.UserId ?? 0;
        return RepositoryAccess.Listed(context, actor).AsNoTracking().Where(repository => ids.Contains(repository.Id))
            .Select(r => new Found(r, r.Owner.Name, r.Tags.Select(tag => tag.Tag).ToList(), context.Likes.Any(like => like.RepositoryId == r.Id && like.UserId == user)));
    }

    private static RepositoryCard Card(Repository repository, Found found, CatalogLook look) => new()
    {
        Id = repository.Id,
        Owner = found.Owner,
        Name = repository.Name,
        Kind = repository.Kind,
        Visibility = repository.Visibility,
        Title = repository.Title,
        Summary = repository.Summary,
        BaseModel = repository.BaseModel,
        BaseRepository = repository.BaseRepositoryId is { } id ? look.NameOf(id) : null,
        Method = repository.Method,
        Rank = repository.Rank,
        Parameters = repository.Parameters,
        Bytes = repository.Bytes,
        Task = repository.Task,
        License = repository.License,
        Languages = SnapshotReader.Split(repository.Languages),
        Tags = [.. found.Tags.Order(StringComparer.OrdinalIgnoreCase)],
        Downloads = repository.Downloads,
        Likes = repository.Likes,
        Liked = found.Liked,
        CreatedAt = repository.CreatedAt,
        UpdatedAt = repository.UpdatedAt,
        Adapters = repository.Kind == RepositoryKind.BaseModel ? look.AdaptersOf(repository.Id) : null,
        Thumbnail = repository.WeightsDigest,
    };
}
