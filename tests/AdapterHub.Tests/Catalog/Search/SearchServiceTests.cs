using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Tests.Catalog.Search;

public sealed class SearchServiceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("king james")]
    [InlineData("king-james")]
    [InlineData("kingjames")]
    [InlineData("KingJames")]
    [InlineData("king_james")]
    [InlineData("king.james")]
    [InlineData("King Jam")]
    [InlineData("kingj")]
    [InlineData("k")]
    [InlineData("ada/king-james")]
    [InlineData("ada king")]
    [InlineData("scripture")]
    [InlineData("\"numbered verses\"")]
    [InlineData("king -bierce")]
    [InlineData("inkwell poetry")]
    public async Task Text_InAnySpelling_FindsKingJames(string text)
    {
        await using var library = await SearchLibrary.CreateAsync();
        await library.AddAsync("ada/king-james", "Scripture in numbered verses.", r =>
        {
            r.BaseModel = "inkwell";
            r.Tags.Add(new RepositoryTag { Tag = "poetry" });
        });
        await library.AddAsync("bob/dictionary", "Definitions in the manner of Bierce, verses numbered.");

        (await library.FindAsync($"q={Uri.EscapeDataString(text)}")).ShouldBe(["ada/king-james"]);
    }

    [Theory]
    [InlineData("kingjames")]
    [InlineData("SmolLM2")]
    [InlineData("smol lm 2")]
    [InlineData("llama3.2")]
    [InlineData("Llama 3.2 1b")]
    [InlineData("llama-3.2-1B")]
    [InlineData("resume")]
    [InlineData("Résumé")]
    [InlineData("中文")]
    [InlineData("文模")]
    public async Task Text_OfJoinedAccentedOrUnspacedNames_IsFound(string text)
    {
        await using var library = await SearchLibrary.CreateAsync();
        await library.AddAsync("ada/the-KingJames-lora", "写作中文模型", r =>
        {
            r.BaseModel = "meta-llama/Llama-3.2-1B";
            r.Title = "Résumé writer on SmolLM2";
        });
        await library.AddAsync("bob/other", "nothing of it");

        (await library.FindAsync($"q={Uri.EscapeDataString(text)}")).ShouldBe(["ada/the-KingJames-lora"]);
    }

    [Fact]
    public async Task Changes_AreSeenByTheNextSearch()
    {
        await using var library = await SearchLibrary.CreateAsync();
        var id = await library.AddAsync("ada/first-name", "card words");
        (await library.FindAsync("q=first+card")).ShouldBe(["ada/first-name"]);

        await library.ChangeAsync(id, r => r.Name = r.Title = "second");
        (await library.FindAsync("q=first")).ShouldBe([]);
        (await library.FindAsync("q=second+card")).ShouldBe(["ada/second"]);

        await library.ChangeAsync(id, r => r.Visibility = RepositoryVisibility.Unlisted);
        (await library.FindAsync("q=second")).ShouldBe([]);
        (await library.PageAsync("")).Total.ShouldBe(0);

        await library.ChangeAsync(id, r => r.Visibility = RepositoryVisibility.Public);
        (await library.FindAsync("")).ShouldBe(["ada/second"]);

        await library.ChangeAsync(id, r => r.DeletedAt = r.UpdatedAt);
        (await library.FindAsync("q=card")).ShouldBe([]);
        (await library.FindAsync("")).ShouldBe([]);

        await library.ChangeAsync(id, r => r.DeletedAt = null);
        (await library.FindAsync("q=card")).ShouldBe(["ada/second"]);

        await library.WriteAsync(async context => await context.Repositories.Where(r => r.Id == id).ExecuteDeleteAsync(Cancel));
        (await library.FindAsync("q=card")).ShouldBe([]);
        (await library.FindAsync("")).ShouldBe([]);
    }

    [Fact]
    public async Task OwnerRenamed_IsFoundByTheNewName()
    {
        await using var library = await SearchLibrary.CreateAsync();
        await library.AddAsync("ada/one");
        await library.AddAsync("ada/two");
        await library.FindAsync("owner=ada");

        await library.WriteAsync(async context =>
        {
            var owner = await context.Owners.SingleAsync(o => o.Name == "ada", Cancel);
            owner.Name = "lovelace";
            await context.SaveChangesAsync(Cancel);
            await SearchIndex.UpdateOwnerAsync(context, owner.Id, Cancel);
        });

        (await library.FindAsync("owner=ada")).ShouldBe([]);
        (await library.FindAsync("q=lovelace&owner=lovelace&sort=name")).ShouldBe(["lovelace/one", "lovelace/two"]);
        (await library.PageAsync(""))[Facet.Owner].Values.ShouldBe([new FacetValue("lovelace", 2, false)]);
    }

    [Fact]
    public async Task RolledBackChange_IsNeverSeen()
    {
        await using var library = await SearchLibrary.CreateAsync();
        var id = await library.AddAsync("ada/kept");
        await using (var context = await library.Catalog.Contexts.CreateDbContextAsync(Cancel))
        {
            await using var transaction = await context.Database.BeginTransactionAsync(Cancel);
            (await context.Repositories.SingleAsync(r => r.Id == id, Cancel)).Name = "lost";
            await context.SaveChangesAsync(Cancel);
            await SearchIndex.UpdateAsync(context, id, Cancel);
            (await library.FindAsync("q=kept")).ShouldBe(["ada/kept"]);
        }

        (await library.FindAsync("q=lost")).ShouldBe([]);
        (await library.FindAsync("q=kept")).ShouldBe(["ada/kept"]);
    }

    [Fact]
    public async Task BaseModel_IsCountedByItsRepositoryOnlyForThoseWhoSeeIt()
    {
        await using var library = await SearchLibrary.CreateAsync();
        var ada = await library.UserAsync("ada");
        var hidden = await library.AddAsync("ada/secret-base", "", r => (r.Kind, r.Visibility) = (RepositoryKind.BaseModel, RepositoryVisibility.Private));
        await library.AddAsync("ada/adapter", "", r => (r.BaseModel, r.BaseRepositoryId) = ("some-base", hidden));

        var others = await library.PageAsync("");
        others[Facet.Base].Values.ShouldBe([new FacetValue("some-base", 1, false)]);
        others.Items.Single().BaseRepository.ShouldBeNull();
        (await library.FindAsync("base=ada/secret-base")).ShouldBe([]);

        var own = await library.PageAsync("kind=adapter", ada);
        own[Facet.Base].Values.ShouldBe([new FacetValue("ada/secret-base", 1, false)]);
        own.Items.Single().BaseRepository.ShouldBe("ada/secret-base");
        (await library.FindAsync("base=some-base", ada)).ShouldBe(["ada/adapter"]);
        (await library.PageAsync("base=some-base", ada))[Facet.Base].Values.ShouldContain(new FacetValue("some-base", 1, true));
    }

    [Fact]
    public async Task ChosenValues_KeepTheirAlternatives()
    {
        await using var library = await SearchLibrary.CreateAsync();
        await library.AddAsync("ada/a", "", r => (r.Method, r.Rank) = ("LoRA", 8));
        await library.AddAsync("ada/b", "", r => (r.Method, r.Rank) = ("DoRA", 16));
        await library.AddAsync("ada/c", "", r => (r.Method, r.Rank) = ("DoRA", 64));

        var page = await library.PageAsync("method=lora");

        page.Total.ShouldBe(1);
        page[Facet.Method].Values.ShouldBe([new FacetValue("DoRA", 2, false), new FacetValue("LoRA", 1, true)]);
        page[Facet.Rank].Values.ShouldBe([new FacetValue("8", 1, false)]);
        (await library.FindAsync("method=lora&method=dora&rank=..16&sort=name")).ShouldBe(["ada/a", "ada/b"]);
        (await library.PageAsync("rank=9..&method=none"))[Facet.Method].Values.ShouldContain(new FacetValue("none", 0, true));
    }
}
