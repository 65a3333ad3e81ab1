using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Search;

namespace AdapterHub.Tests.Catalog.Search;

public sealed class CatalogListTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Suggestions_AreRepositoriesTagsBasesAndOwners_AtMostEight()
    {
        await using var library = await SearchLibrary.CreateAsync();
        for (var i = 0; i < 12; i++)
        {
            await library.AddAsync($"kingdom/king-{(char)('a' + i)}", "", r =>
            {
                r.Tags.Add(new RepositoryTag { Tag = "king-james" });
                r.BaseModel = "meta/king-base";
                r.Likes = r.Name == "king-f" ? 50 : 0;
            });
        }

        await library.AddAsync("ada/other", "king king king");

        var suggestions = await library.Search.SuggestAsync(Actor.Anonymous, "Kin", Cancel);
        suggestions.Count.ShouldBe(8);
        suggestions[0].ShouldBe(new Suggestion(SuggestionKind.Repository, "kingdom/king-f", RepositoryKind.Adapter, 0));
        suggestions.Select(s => s.Value).ShouldNotContain("ada/other");
        suggestions.Skip(5).ShouldBe(
        [
            new Suggestion(SuggestionKind.Owner, "kingdom", null, 12), new Suggestion(SuggestionKind.Tag, "king-james", null, 12),
            new Suggestion(SuggestionKind.BaseModel, "meta/king-base", null, 12),
        ]);
        (await library.Search.SuggestAsync(Actor.Anonymous, "james", Cancel)).ShouldBe([new Suggestion(SuggestionKind.Tag, "king-james", null, 12)]);
        (await library.Search.SuggestAsync(Actor.Anonymous, "kingbase", Cancel)).ShouldBe([new Suggestion(SuggestionKind.BaseModel, "meta/king-base", null, 12)]);
        (await library.Search.SuggestAsync(Actor.Anonymous, " ", Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Relevance_PutsTheExactNameFirst_ThenNamesBeforeCards()
    {
        await using var library = await SearchLibrary.CreateAsync();
        await library.AddAsync("ada/verses", "king james king james", r => r.Likes = 90);
        await library.AddAsync("ada/king-james-lora", "", r => r.Likes = 90);
        await library.AddAsync("ada/king-james");

        (await library.FindAsync("q=king+james")).ShouldBe(["ada/king-james", "ada/king-james-lora", "ada/verses"]);
        (await library.FindAsync("q=ada/king-james")).First().ShouldBe("ada/king-james");
    }

    [Fact]
    public async Task Digest_WholeOrShort_FindsTheRepositoriesWithTheFile()
    {
        await using var library = await SearchLibrary.CreateAsync();
        var one = await library.AddAsync("ada/one");
        var two = await library.AddAsync("bob/two");
        const int Seed = 0x7FAB_CDEF;
        var digest = Seed.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
        await library.Catalog.AddCommitAsync(one, Seed, "adapter_model.safetensors");
        var newest = await library.Catalog.AddCommitAsync(one, 5, "README.md");
        var current = await library.Catalog.AddCommitAsync(two, Seed, "adapter_model.safetensors");

        var found = await library.Search.FindByDigestAsync(Actor.Anonymous, "SHA256:" + digest.ToUpperInvariant(), 10, Cancel);
        found.Select(file => (file.Repository, file.IsCurrent)).ShouldBe([("bob/two", true), ("ada/one", false)]);
        found[0].ShouldBe(new FileHolder("bob/two", RepositoryKind.Adapter, "adapter_model.safetensors", digest, Seed, current, true));
        (await library.FindAsync($"q={digest}&sort=name")).ShouldBe(["ada/one", "bob/two"]);
        // All the digests of this test begin with the same zeros.
        (await library.Search.FindByDigestAsync(Actor.Anonymous, digest[..10], 10, Cancel)).Select(file => file.Revision).ShouldContain(newest);
        (await library.Search.FindByDigestAsync(Actor.Anonymous, "ffffffffff", 10, Cancel)).ShouldBeEmpty();
        (await Should.ThrowAsync<CatalogException>(() => library.Search.FindByDigestAsync(Actor.Anonymous, "king-james", 10, Cancel))).Fault.ShouldBe(CatalogFault.Invalid);
    }

    [Fact]
    public async Task OwnersTagsAndBases_AreListedWithTheirCounts()
    {
        await using var library = await SearchLibrary.CreateAsync();
        var model = await library.AddAsync("ada/base", "", r => r.Kind = RepositoryKind.BaseModel);
        await library.AddAsync("bob/lonely", "", r => r.Kind = RepositoryKind.BaseModel);
        await library.AddAsync("bob/first", "", r => (r.BaseRepositoryId, r.Likes, r.Downloads) = (model, 2, 3));
        await library.AddAsync("bob/second", "", r => r.BaseModel = "elsewhere/large");
        await library.AddAsync("bob/third", "", r => r.BaseRepositoryId = model);
        await library.AddAsync("bob/rows", "", r => r.Kind = RepositoryKind.Dataset);

        var owners = await library.Search.ListOwnersAsync(Actor.Anonymous, null, 0, 10, Cancel);
        owners.Total.ShouldBe(2);
        owners.Items[0].ShouldBe(new OwnerCard("bob", null, OwnerKind.User, null, 3, 1, 1, 2, 3));
        (await library.Search.ListOwnersAsync(Actor.Anonymous, null, 1, 10, Cancel)).Items.Select(o => o.Name).ShouldBe(["ada"]);

        var bases = await library.Search.ListBaseModelsAsync(Actor.Anonymous, null, 0, 10, Cancel);
        bases.Items.Select(b => (b.Name, b.Adapters, b.Repository?.Adapters)).ShouldBe([("ada/base", 2, 2), ("elsewhere/large", 1, null), ("bob/lonely", 0, 0)]);
        (await library.PageAsync("kind=base-model&sort=name")).Items.Select(card => (card.FullName, card.Adapters)).ShouldBe([("ada/base", 2), ("bob/lonely", 0)]);
    }

    [Fact]
    public async Task TagPage_KnowsItsSpellingAndItsCompany()
    {
        await using var library = await SearchLibrary.CreateAsync();
        await library.AddAsync("ada/a", "", r => r.Tags.AddRange([new RepositoryTag { Tag = "Poetry" }, new RepositoryTag { Tag = "old" }]));
        await library.AddAsync("ada/b", "", r => r.Tags.Add(new RepositoryTag { Tag = "old" }));

        var page = (await library.Search.TagPageAsync(Actor.Anonymous, "POETRY", SearchQuery.Everything, Cancel))!;
        page.Tag.ShouldBe("Poetry");
        page.Results.Items.Select(card => card.FullName).ShouldBe(["ada/a"]);
        page.Related.ShouldBe([new FacetValue("old", 1, false)]);
        (await library.Search.TagPageAsync(Actor.Anonymous, "nothing", SearchQuery.Everything, Cancel)).ShouldBeNull();
        (await library.Search.ListTagsAsync(Actor.Anonymous, null, 10, Cancel)).Values.ShouldBe([new FacetValue("old", 2, false), new FacetValue("Poetry", 1, false)]);
    }

    [Theory]
    [InlineData("sort=name")]
    [InlineData("sort=newest")]
    [InlineData("sort=likes")]
    [InlineData("sort=trending")]
    [InlineData("q=lora")]
    public async Task Pages_WhileOthersPublish_ShowEveryEarlierRowOnce(string queryString)
    {
        await using var library = await SearchLibrary.CreateAsync();
        var earlier = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            earlier.Add($"ada/lora-{i * 7 % 30:00}");
            await library.AddAsync(earlier[^1], "lora words", r => r.Likes = i % 4);
        }

        var query = SearchQueryString.Read(queryString) with { Size = 7 };
        var seen = new List<string>();
        for (var page = await library.Search.SearchAsync(Actor.Anonymous, query, Cancel); ;)
        {
            seen.AddRange(page.Items.Select(item => item.FullName));
            if (page.Next is null)
                break;
            await library.AddAsync($"bob/lora-{seen.Count:00}", "lora lora", r => r.Likes = seen.Count % 5);
            page = await library.Search.SearchAsync(Actor.Anonymous, query with { After = page.Next }, Cancel);
        }

        seen.ShouldBeUnique();
        seen.Where(name => name.StartsWith("ada/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ShouldBe(earlier.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Trending_IsOfRecentLikesAndDownloads_WhateverTheClockSays()
    {
        await using var library = await SearchLibrary.CreateAsync();
        var repositories = library.Catalog.Get<RepositoryCatalog>();
        var ada = await library.UserAsync("ada");
        var old = await library.AddAsync("ada/old");
        var quiet = await library.AddAsync("ada/quiet");
        (await library.FindAsync("")).ShouldBe(["ada/quiet", "ada/old"]);

        await repositories.SetLikeAsync(ada, RepositoryName.Parse("ada/old"), true, Cancel);
        (await library.FindAsync("")).ShouldBe(["ada/old", "ada/quiet"]);

        await repositories.SetLikeAsync(ada, RepositoryName.Parse("ada/old"), false, Cancel);
        (await library.FindAsync("")).ShouldBe(["ada/quiet", "ada/old"]);

        // A like of today weighs as much as the square of three downloads.
        await repositories.SetLikeAsync(ada, RepositoryName.Parse("ada/quiet"), true, Cancel);
        for (var i = 0; i < 12; i++)
            await repositories.CountDownloadAsync(old, Cancel);
        (await library.FindAsync("")).ShouldBe(["ada/old", "ada/quiet"]);

        await library.WriteAsync(async context =>
        {
            context.DownloadDays.Add(new DownloadDay { RepositoryId = quiet, Day = 10, Count = 1_000_000 });
            await context.SaveChangesAsync(Cancel);
        });
        (await library.FindAsync("")).ShouldBe(["ada/old", "ada/quiet"]);
    }
}
