using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;

namespace AdapterHub.Tests.Catalog.Search;

public sealed class SearchVisibilityTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(RepositoryVisibility.Private, false)]
    [InlineData(RepositoryVisibility.Unlisted, false)]
    [InlineData(RepositoryVisibility.Public, true)]
    public async Task HiddenThings_AppearNowhereToOthers_AndEverywhereToTheirOwner(RepositoryVisibility visibility, bool trashed)
    {
        await using var library = await SearchLibrary.CreateAsync();
        var owner = await library.UserAsync("secretowner");
        var stranger = await library.UserAsync("stranger");
        await library.AddAsync("ada/open", "public words", r => r.Tags.Add(new RepositoryTag { Tag = "shared" }));
        var model = await library.AddAsync("secretowner/secretbase", "", r => Hide(r, RepositoryKind.BaseModel));
        var id = await library.AddAsync("secretowner/secretname", "secretcard", r =>
        {
            Hide(r, RepositoryKind.Adapter);
            (r.Title, r.Summary, r.BaseModel, r.BaseRepositoryId) = ("secrettitle", "secretsummary", "secretdeclared", model);
            (r.Method, r.Task, r.License, r.Languages, r.Rank) = ("secretmethod", "secrettask", "secretlicense", "secretlanguage", 31_337);
            r.Tags.Add(new RepositoryTag { Tag = "secrettag" });
            r.Tags.Add(new RepositoryTag { Tag = "shared" });
        });
        await library.Catalog.AddCommitAsync(id, 77, "secretfile");
        await library.AddAsync("ada/adapter-of-it", "", r => r.BaseRepositoryId = model);

        foreach (var actor in new[] { Actor.Anonymous, stranger })
        {
            var seen = await EverythingAsync(library.Search, actor);
            seen.ShouldNotContain("secret", Case.Insensitive);
            seen.ShouldNotContain("31337");
        }

        if (!trashed)
            (await EverythingAsync(library.Search, owner)).ShouldContain("secretname");

        void Hide(Repository r, RepositoryKind kind)
        {
            (r.Kind, r.Visibility) = (kind, visibility);
            r.DeletedAt = trashed ? r.CreatedAt : null;
        }
    }

    [Fact]
    public async Task Roles_GivenAndTaken_ShowAtOnce()
    {
        await using var library = await SearchLibrary.CreateAsync();
        var ada = await library.UserAsync("ada");
        var bob = await library.UserAsync("bob");
        var root = await library.UserAsync("root", administrator: true);
        await library.OrganizationAsync("guild", (bob, AccessRole.Reader));
        var own = await library.AddAsync("ada/private", "", r => r.Visibility = RepositoryVisibility.Private);
        await library.AddAsync("guild/private", "", r => r.Visibility = RepositoryVisibility.Private);

        (await library.FindAsync("sort=name", ada)).ShouldBe(["ada/private"]);
        (await library.FindAsync("sort=name", bob)).ShouldBe(["guild/private"]);
        (await library.FindAsync("sort=name", root)).ShouldBe(["guild/private", "ada/private"]);
        (await library.FindAsync("sort=name")).ShouldBe([]);

        await library.ChangeAsync(own, r => r.Collaborators.Add(new Collaborator { UserId = bob.UserId!.Value, Role = AccessRole.Reader }));
        (await library.PageAsync("q=private", bob)).Total.ShouldBe(2);
        (await library.PageAsync("", bob))[Facet.Owner].Values.ShouldBe([new FacetValue("ada", 1, false), new FacetValue("guild", 1, false)]);

        await library.ChangeAsync(own, r => r.Collaborators.Clear());
        (await library.PageAsync("q=private", bob)).Total.ShouldBe(1);
    }

    /// <summary>All that the service says to all that it can be asked, as one text; what the question itself said is left out.</summary>
    private static async Task<string> EverythingAsync(SearchService search, Actor actor)
    {
        var said = new List<object?>();
        foreach (var word in new[] { "secretname", "secretcard", "secrettitle", "secretsummary", "secretowner", "secrettag", "secretbase", "secretdeclared", "s", "sec" })
        {
            var page = await search.SearchAsync(actor, SearchQuery.Everything with { Text = word }, Cancel);
            said.AddRange([page, await search.SuggestAsync(actor, word, Cancel), await search.ListOwnersAsync(actor, word, 0, 50, Cancel)]);
            said.AddRange([await search.ListTagsAsync(actor, word, 50, Cancel), await search.ListBaseModelsAsync(actor, word, 0, 50, Cancel)]);
        }

        foreach (var sort in Enum.GetValues<SearchSort>())
            said.Add(await search.SearchAsync(actor, SearchQuery.Everything with { Sort = sort }, Cancel));
        foreach (var facet in Facets.All)
            said.Add(await search.FacetAsync(actor, SearchQuery.Everything, facet, null, 50, Cancel));
        foreach (var chosen in new[] { "tag=secrettag", "base=secretowner/secretbase", "owner=secretowner", "method=secretmethod", "rank=31337" })
        {
            var page = await search.SearchAsync(actor, SearchQueryString.Read(chosen), Cancel);
            said.Add(page with { Facets = [.. page.Facets.Select(facet => facet with { Values = [.. facet.Values.Where(value => !value.Selected || value.Count > 0)] })] });
        }

        said.Add(await search.TagPageAsync(actor, "secrettag", SearchQuery.Everything, Cancel));
        said.Add(await search.TagPageAsync(actor, "shared", SearchQuery.Everything, Cancel));
        said.Add(await search.FindByDigestAsync(actor, 77.ToString("x64", System.Globalization.CultureInfo.InvariantCulture), 50, Cancel));
        said.Add(await search.SearchAsync(actor, SearchQuery.Everything with { Text = 77.ToString("x64", System.Globalization.CultureInfo.InvariantCulture) }, Cancel));
        return JsonSerializer.Serialize(said);
    }
}
