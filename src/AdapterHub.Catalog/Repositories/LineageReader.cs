using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Repositories;

/// <summary>One end of a lineage link. <see cref="Repository"/> is null for what is not in this hub or not for the actor to see.</summary>
/// <param name="Relation">How the child came of the parent.</param>
/// <param name="Label">The name that the child's card or config gives its parent; the child's own name where this is a child.</param>
/// <param name="Repository">Its repository here.</param>
/// <param name="Revision">Of the parent, where known.</param>
/// <param name="Weight">Of the parent in a blend.</param>
/// <param name="Kind">Of the repository, where it is here.</param>
public sealed record LineageEnd(LineageRelation Relation, string Label, RepositoryName? Repository, string? Revision, double? Weight, RepositoryKind? Kind);

/// <summary>Where a repository comes from and what came of it.</summary>
/// <param name="Parents">Base model first, then the parents of a blend, datasets, forks and runs.</param>
/// <param name="Children">At most <see cref="LineageReader.MostChildren"/>, most liked first.</param>
/// <param name="ChildCount">All that the actor may see.</param>
public sealed record Lineage(IReadOnlyList<LineageEnd> Parents, IReadOnlyList<LineageEnd> Children, int ChildCount);

/// <summary>Reads the lineage that Publishing and forks wrote.</summary>
public sealed class LineageReader(IDbContextFactory<CatalogContext> contexts)
{
    public const int MostChildren = 50;

    public async Task<Lineage> GetAsync(Actor actor, RepositoryName name, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Reader, "read", cancel);
        var readable = RepositoryAccess.Readable(context, actor);
        var parents = await (from link in context.Lineage
                             where link.ChildId == row.Id
                             join parent in readable on link.ParentId equals parent.Id into seen
                             from parent in seen.DefaultIfEmpty()
                             orderby link.Relation, link.Id
                             select new { link.Relation, link.ParentId, link.ParentName, link.ParentRevision, link.Weight, Seen = parent != null, Owner = parent!.Owner.Name, parent.Name, Kind = (RepositoryKind?)parent.Kind })
            .ToListAsync(cancel);
        var listed = RepositoryAccess.Listed(context, actor);
        var children = from link in context.Lineage
                       where link.ParentId == row.Id
                       join child in listed on link.ChildId equals child.Id
                       orderby child.Likes descending, child.Id descending
                       select new { link.Relation, link.Weight, Owner = child.Owner.Name, child.Name, child.Kind };
        return new Lineage(
            // What is in this hub but hidden from the actor goes unnamed: its name is its owner's business.
            [.. parents.Where(p => p.Seen || p.ParentId is null).Select(p =>
                new LineageEnd(p.Relation, p.ParentName, p.Seen ? RepositoryName.Of(p.Owner, p.Name) : null, p.ParentRevision, p.Weight, p.Kind))],
            [.. (await children.Take(MostChildren).ToListAsync(cancel)).Select(c =>
                new LineageEnd(c.Relation, $"{c.Owner}/{c.Name}", RepositoryName.Of(c.Owner, c.Name), null, c.Weight, c.Kind))],
            await children.CountAsync(cancel));
    }
}
