using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Tests.Catalog.Search;

/// <summary>Random catalogues and queries: the same ids in the same order and the same counts as the naive search, for everybody.</summary>
public sealed class SearchPropertyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task AnyQuery_OverAnyCatalogue_IsAnsweredAsByTheNaiveSearch() => CheckAsync(catalogues: 12, queries: 8);

    [Fact]
    [Trait("Category", "Slow")]
    public Task AnyQuery_OverManyCatalogues_IsAnsweredAsByTheNaiveSearch() => CheckAsync(catalogues: 150, queries: 12);

    private static async Task CheckAsync(int catalogues, int queries)
    {
        await using var library = await SearchLibrary.CreateAsync();
        var ada = await library.UserAsync("ada");
        var bob = await library.UserAsync("bob");
        var root = await library.UserAsync("root", administrator: true);
        await library.OrganizationAsync("guild", (bob, AccessRole.Reader));
        var found = 0;
        // One database for all: each catalogue replaces the one before, so changes and removals are followed too.
        Prop.ForAll(Gen.Zip(RandomCatalogs.Catalogs, Gen.ArrayOf(RandomCatalogs.Queries, queries)).ToArbitrary(), async drawn =>
        {
            var bodies = await ReplaceAsync(library, drawn.Item1, [ada, bob]);
            var all = await AllAsync(library);
            foreach (var (actor, own) in new (Actor, HashSet<string>)[] { (Actor.Anonymous, []), (ada, ["ada"]), (bob, ["bob", "guild"]), (root, ["root"]) })
            {
                foreach (var query in drawn.Item2)
                    found += await CompareAsync(library, new NaiveSearch(all, bodies, actor, own), query);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(catalogues).WithReplay(new Replay(new Rnd(20261123, 7), null)));
        found.ShouldBeGreaterThan(catalogues * queries, "the queries find too little to say anything");
    }

    private static async Task<int> CompareAsync(SearchLibrary library, NaiveSearch naive, SearchQuery query)
    {
        var said = $"{naive.Actor.Name}: {SearchQueryString.Write(query)}";
        var expected = naive.Find(query);
        var first = await library.Search.SearchAsync(naive.Actor, query, Cancel);
        var got = new List<long>(first.Items.Select(item => item.Id));
        for (var next = first.Next; next is not null;)
        {
            var page = await library.Search.SearchAsync(naive.Actor, query with { After = next }, Cancel);
            page.Offset.ShouldBe(got.Count, said);
            got.AddRange(page.Items.Select(item => item.Id));
            next = page.Next;
        }

        first.Total.ShouldBe(expected.Count, said);
        if (query.EffectiveSort == SearchSort.Relevance)
            got.Order().ShouldBe(expected.Select(r => r.Id).Order(), said);
        else
            got.ShouldBe(naive.Ordered(expected, query.EffectiveSort).Select(r => r.Id), said);
        foreach (var facet in Facets.All)
        {
            var special = first[facet].Values.Where(value => IsSpecial(facet, value)).ToList();
            foreach (var value in special)
                value.Count.ShouldBe(naive.Find(query.With(facet, [value.Value])).Count, $"{facet} {value.Value} of {said}");
            Lines(first[facet].Values.Except(special).Where(value => value.Count > 0).Select(value => KeyValuePair.Create(value.Value, value.Count)))
                .ShouldBe(Lines(naive.Count(query, facet).Where(pair => !special.Exists(value => IsSame(value.Value, pair.Key)))), $"{facet} of {said}");
            foreach (var chosen in query.ValuesOf(facet))
                first[facet].Values.ShouldContain(value => value.Selected && IsSame(value.Value, chosen), $"{facet} of {said}");
        }

        return expected.Count;
    }

    /// <summary>Counted by what choosing them finds: chosen rank ranges, and chosen bases, as cards may call a base model of this hub otherwise.</summary>
    private static bool IsSpecial(Facet facet, FacetValue value) =>
        value.Selected && (facet == Facet.Base || (facet == Facet.Rank && value.Value.Contains("..", StringComparison.Ordinal)));

    private static IEnumerable<string> Lines(IEnumerable<KeyValuePair<string, int>> counts) =>
        counts.Select(pair => $"{pair.Key.ToUpperInvariant()}: {pair.Value}").Order(StringComparer.Ordinal);

    private static bool IsSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static async Task<Dictionary<long, string>> ReplaceAsync(SearchLibrary library, RandomCatalogs.Drawn[] drawn, Actor[] people)
    {
        var bodies = new Dictionary<long, string>();
        await library.WriteAsync(async context =>
        {
            await context.Repositories.ExecuteDeleteAsync(Cancel);
            var owners = await context.Owners.OrderBy(owner => owner.Id).ToListAsync(Cancel);
            var made = drawn.DistinctBy(d => (d.Owner, d.Name)).Select(d => (Drawn: d, Row: Row(d, owners[d.Owner], people))).ToList();
            context.Repositories.AddRange(made.Select(pair => pair.Row));
            await context.SaveChangesAsync(Cancel);
            foreach (var (one, row) in made.Where(pair => pair.Drawn.LinkedBase >= 0 && pair.Drawn.LinkedBase < made.Count))
                row.BaseRepositoryId = made[one.LinkedBase].Row.Id;
            await context.SaveChangesAsync(Cancel);
            foreach (var (one, row) in made)
            {
                bodies[row.Id] = one.Body;
                await SearchIndex.UpdateAsync(context, row.Id, one.Body, Cancel);
            }
        });
        return bodies;
    }

    private static Repository Row(RandomCatalogs.Drawn drawn, Owner owner, Actor[] people)
    {
        var at = DateTimeOffset.UnixEpoch.AddDays(20_000 + drawn.Likes);
        var row = new Repository
        {
            Owner = owner, Name = drawn.Name, Kind = drawn.Kind, Visibility = drawn.Visibility, CreatedAt = at, UpdatedAt = at.AddHours(drawn.Name.Length),
            DeletedAt = drawn.Trashed ? at : null, Title = drawn.Title, Summary = drawn.Summary, BaseModel = drawn.Base, Method = drawn.Method, Rank = drawn.Rank,
            Task = drawn.Task, License = drawn.License, Languages = drawn.Languages, Likes = drawn.Likes, Downloads = drawn.Likes * 3 % 5, Bytes = drawn.Body.Length,
        };
        row.Tags.AddRange(drawn.Tags.Select(tag => new RepositoryTag { Tag = tag }));
        if (drawn.Collaborator >= 0)
            row.Collaborators.Add(new Collaborator { UserId = people[drawn.Collaborator].UserId!.Value, Role = AccessRole.Reader });
        return row;
    }

    private static async Task<List<Repository>> AllAsync(SearchLibrary library)
    {
        await using var context = await library.Catalog.Contexts.CreateDbContextAsync(Cancel);
        return await context.Repositories.AsNoTracking().AsSplitQuery().Include(r => r.Owner).Include(r => r.Tags).Include(r => r.Collaborators).ToListAsync(Cancel);
    }
}
