using System.Globalization;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;

namespace AdapterHub.Tests.Catalog.Search;

/// <summary>What a search means, in the plainest code: every repository is looked at for every question. Words of a text are letters only here.</summary>
/// <param name="All">Every repository, with owner, tags and collaborators.</param>
/// <param name="Bodies">Card texts by repository.</param>
/// <param name="Actor">Who asks.</param>
/// <param name="OwnOwners">Owners that are the actor or organisations that the actor is a member of.</param>
internal sealed record NaiveSearch(IReadOnlyList<Repository> All, IReadOnlyDictionary<long, string> Bodies, Actor Actor, IReadOnlySet<string> OwnOwners)
{
    internal List<Repository> Find(SearchQuery query) => [.. All.Where(r => Sees(r) && HasText(r, query) && Facets.All.All(facet => Passes(r, query, facet)))];

    /// <summary>Counts above zero, by value.</summary>
    internal Dictionary<string, int> Count(SearchQuery query, Facet facet) => All
        .Where(r => Sees(r) && HasText(r, query) && Facets.All.All(other => (other == facet && facet != Facet.Tag) || Passes(r, query, other)))
        .SelectMany(r => Values(r, facet)).GroupBy(value => value, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.Count(), StringComparer.OrdinalIgnoreCase);

    internal List<Repository> Ordered(IEnumerable<Repository> found, SearchSort sort) => sort switch
    {
        SearchSort.Trending => [.. found.OrderByDescending(r => r.Trending).ThenByDescending(r => r.Id)],
        SearchSort.Newest => [.. found.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id)],
        SearchSort.Updated => [.. found.OrderByDescending(r => r.UpdatedAt).ThenByDescending(r => r.Id)],
        SearchSort.Downloads => [.. found.OrderByDescending(r => r.Downloads).ThenByDescending(r => r.Id)],
        SearchSort.Likes => [.. found.OrderByDescending(r => r.Likes).ThenByDescending(r => r.Id)],
        SearchSort.Size => [.. found.OrderByDescending(r => r.Bytes).ThenByDescending(r => r.Id)],
        SearchSort.Name => [.. found.OrderBy(r => r.Name, StringComparer.OrdinalIgnoreCase).ThenByDescending(r => r.Id)],
        _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, null),
    };

    internal bool Sees(Repository r) => r.DeletedAt is null && (r.Visibility == RepositoryVisibility.Public || Actor.IsAdministrator
        || OwnOwners.Contains(r.Owner.Name) || r.Collaborators.Exists(c => c.UserId == Actor.UserId));

    private string[] Values(Repository r, Facet facet) => facet switch
    {
        Facet.Kind => [r.Kind switch { RepositoryKind.Adapter => "adapter", RepositoryKind.BaseModel => "base-model", _ => "dataset" }],
        Facet.Base => One(Base(r)),
        Facet.Method => One(r.Method),
        Facet.Rank => One(r.Rank?.ToString(CultureInfo.InvariantCulture)),
        Facet.Tag => [.. r.Tags.Select(tag => tag.Tag)],
        Facet.Task => One(r.Task),
        Facet.License => One(r.License),
        Facet.Owner => One(r.Owner.Name),
        Facet.Language => r.Languages?.Split(", ") ?? [],
        _ => throw new ArgumentOutOfRangeException(nameof(facet), facet, null),
    };

    private string? Base(Repository r)
    {
        var linked = All.FirstOrDefault(other => other.Id == r.BaseRepositoryId && other.Kind == RepositoryKind.BaseModel && Sees(other));
        return linked is null ? r.BaseModel : $"{linked.Owner.Name}/{linked.Name}";
    }

    private static string[] One(string? value) => value is null ? [] : [value];

    private bool Passes(Repository r, SearchQuery query, Facet facet)
    {
        var chosen = query.ValuesOf(facet);
        var values = facet == Facet.Base ? [.. Values(r, facet), .. One(r.BaseModel)] : Values(r, facet);
        return chosen.Count == 0 || facet switch
        {
            Facet.Tag => chosen.All(value => values.Contains(value, StringComparer.OrdinalIgnoreCase)),
            Facet.Rank => r.Rank is { } rank && query.Ranks.Any(range => rank >= (range.Least ?? 0) && rank <= (range.Most ?? int.MaxValue)),
            _ => values.Any(value => chosen.Contains(value, StringComparer.OrdinalIgnoreCase)),
        };
    }

    private bool HasText(Repository r, SearchQuery query)
    {
        var typed = (query.Text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var wanted = typed.Where(word => word[0] != '-').ToList();
        var names = new[] { r.Name, r.Owner.Name, r.Title, r.BaseModel ?? "" }.Concat(r.Tags.Select(tag => tag.Tag)).SelectMany(Tokens).ToHashSet();
        var text = $"{r.Summary} {Bodies[r.Id]}".Split(' ', StringSplitOptions.RemoveEmptyEntries).Concat(names).ToHashSet();
        if (typed.Where(word => word[0] == '-').Any(word => text.Contains(word[1..])))
            return false;
        var open = typed.Length > 0 && typed[^1][0] != '-';
        return Enumerable.Range(0, wanted.Count).All(at =>
            Has(wanted[at], open && at == wanted.Count - 1, wanted[at].Length < 3) || Joins(at).Any(join => Has(join.Word, join.Unfinished, false)));

        bool Has(string word, bool unfinished, bool isShort) => !unfinished
            ? text.Contains(word)
            : (isShort ? names : text).Any(token => token.StartsWith(word, StringComparison.Ordinal));

        IEnumerable<(string Word, bool Unfinished)> Joins(int at) =>
            from start in Enumerable.Range(0, wanted.Count)
            from length in new[] { 2, 3 }
            where start <= at && at < start + length && start + length <= wanted.Count
            select (string.Concat(wanted.Skip(start).Take(length)), open && start + length == wanted.Count);
    }

    /// <summary>Its parts, and neighbours joined: two, three or all.</summary>
    private static IEnumerable<string> Tokens(string name)
    {
        var parts = name.ToLowerInvariant().Split('-', '_', '/', ' ');
        return from start in Enumerable.Range(0, parts.Length)
               from length in Enumerable.Range(1, parts.Length - start)
               where length <= 3 || length == parts.Length
               select string.Concat(parts.Skip(start).Take(length));
    }
}
