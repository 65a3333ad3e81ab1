using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Search;

/// <summary>Owners of what an actor sees, those with the most first.</summary>
internal static class OwnerLists
{
    private sealed class Counted
    {
        public int[] ByKind { get; } = new int[Enum.GetValues<RepositoryKind>().Length];
        public long Likes { get; set; }
        public long Downloads { get; set; }
        public int All => ByKind.Sum();
    }

    internal static async Task<ListPart<OwnerCard>> ReadAsync(CatalogLook look, string part, int skip, int take, CancellationToken cancel)
    {
        var counted = Count(look, part);
        var names = look.Snapshot.Vocabulary[Facet.Owner];
        var shown = counted.OrderByDescending(owner => owner.Value.All).ThenBy(owner => names[owner.Key], StringComparer.OrdinalIgnoreCase)
            .Skip(skip).Take(take).Select(owner => (Name: names[owner.Key], owner.Value)).ToList();
        var wanted = shown.ConvertAll(owner => owner.Name);
        var rows = await look.Context.Owners.AsNoTracking().Where(owner => wanted.Contains(owner.Name)).ToListAsync(cancel);
        var byName = rows.ToDictionary(owner => owner.Name, StringComparer.OrdinalIgnoreCase);
        return new ListPart<OwnerCard>(
            [.. shown.Where(owner => byName.ContainsKey(owner.Name)).Select(owner => Card(byName[owner.Name], owner.Value))], counted.Count);
    }

    private static Dictionary<int, Counted> Count(CatalogLook look, string part)
    {
        var names = look.Snapshot.Vocabulary[Facet.Owner];
        var counted = new Dictionary<int, Counted>();
        foreach (var chunk in look.Snapshot.Chunks)
        {
            foreach (var row in chunk)
            {
                if (row is null || !look.Visible.Sees(row) || !names[row.OwnerCode].Contains(part, StringComparison.OrdinalIgnoreCase))
                    continue;
                if (!counted.TryGetValue(row.OwnerCode, out var owner))
                    counted.Add(row.OwnerCode, owner = new Counted());
                owner.ByKind[(int)row.Kind]++;
                owner.Likes += row.Likes;
                owner.Downloads += row.Downloads;
            }
        }

        return counted;
    }

    private static OwnerCard Card(Owner owner, Counted counted) => new(
        owner.Name, owner.DisplayName, owner.Kind, owner.About, counted.ByKind[(int)RepositoryKind.Adapter],
        counted.ByKind[(int)RepositoryKind.BaseModel], counted.ByKind[(int)RepositoryKind.Dataset], counted.Likes, counted.Downloads);
}
