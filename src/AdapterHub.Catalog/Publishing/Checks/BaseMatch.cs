using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing.Checks;

/// <summary>A base model's repository in this hub that a declared name leads to.</summary>
/// <param name="RepositoryId">Its key.</param>
/// <param name="Name">owner/name.</param>
/// <param name="CommitKey">Its newest revision.</param>
/// <param name="CommitId">40 hex digits.</param>
/// <param name="IsNamed">
/// Whether the declaration can mean no other: its full name, or a bare name. Otherwise only the last part agrees, as for
/// <c>meta-llama/Llama-3.2-1B</c> and <c>ada/Llama-3.2-1B</c>, and whether it is the same model shows when the adapter fits.
/// </param>
public sealed record BaseMatch(long RepositoryId, string Name, long CommitKey, string CommitId, bool IsNamed)
{
    /// <summary>How many bases are tried when an adapter does not fit the one that it declares.</summary>
    private const int MostOthers = 30;

    /// <summary>The seeds' owner, whose base models bare names mean before those of strangers.</summary>
    private const string HubOwner = "adapterhub";

    /// <summary>
    /// The base that <paramref name="declared"/> names, among those that the actor may read: by full name, by the name that it had once, or by
    /// the last part of a name or path. Of several, the adapter's owner's, the hub's own, the most liked.
    /// </summary>
    public static async Task<BaseMatch?> FindAsync(CatalogContext context, Actor actor, long? ownerId, string? declared, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (string.IsNullOrWhiteSpace(declared))
            return null;
        declared = declared.Trim();
        if (RepositoryName.TryParse(declared, out var full)
            && await RepositoryAccess.FindRowAsync(context, full, cancel) is { Kind: RepositoryKind.BaseModel } row
            && await Candidates(context, actor).Where(r => r.Id == row.Id).FirstOrDefaultAsync(cancel) is { } exact)
            return await OfAsync(context, exact, isNamed: true, cancel);
        var bare = declared.TrimEnd('/', '\\').Split('/', '\\')[^1];
        var found = await Ordered(Candidates(context, actor).Where(r => r.Name == bare), ownerId).FirstOrDefaultAsync(cancel);
        return found is null ? null : await OfAsync(context, found, isNamed: bare == declared, cancel);
    }

    /// <summary>Bases to suggest in place of a wrong one.</summary>
    public static async Task<IReadOnlyList<BaseMatch>> ListAsync(CatalogContext context, Actor actor, long? ownerId, CancellationToken cancel)
    {
        var rows = await Ordered(Candidates(context, actor), ownerId).Take(MostOthers).ToListAsync(cancel);
        var bases = new List<BaseMatch>();
        foreach (var row in rows)
            bases.Add(await OfAsync(context, row, isNamed: true, cancel));
        return bases;
    }

    private static IQueryable<Repository> Candidates(CatalogContext context, Actor actor) =>
        RepositoryAccess.Readable(context, actor).Include(r => r.Owner).Where(r => r.Kind == RepositoryKind.BaseModel
            && context.References.Any(head => head.RepositoryId == r.Id && head.Kind == ReferenceKind.Branch && head.Name == Repository.DefaultBranch));

    private static IOrderedQueryable<Repository> Ordered(IQueryable<Repository> bases, long? ownerId) =>
        bases.OrderByDescending(r => r.OwnerId == ownerId).ThenByDescending(r => r.Owner.Name == HubOwner).ThenByDescending(r => r.Likes).ThenBy(r => r.Id);

    private static async Task<BaseMatch> OfAsync(CatalogContext context, Repository row, bool isNamed, CancellationToken cancel)
    {
        var head = await context.References
            .Where(r => r.RepositoryId == row.Id && r.Kind == ReferenceKind.Branch && r.Name == Repository.DefaultBranch)
            .Select(r => new { r.CommitKey, r.Commit.Id }).SingleAsync(cancel);
        return new BaseMatch(row.Id, $"{row.Owner.Name}/{row.Name}", head.CommitKey, head.Id, isNamed);
    }
}
