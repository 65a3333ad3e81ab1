using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Search;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Catalog.Search;

/// <summary>No text is syntax: whatever somebody types, the search answers.</summary>
public sealed class HostileSearchTests
{
    private static readonly string[] Texts =
    [
        "\"", "\"\"", "\"\"\"", "*", "**", "a*", "a*b", "^a", "a^", "-", "--", "- -", "-\"", "-a -b", "+a", "(", ")", "(((", "a)", "{", "}", "{Name} : a", "Name:a", "Name : a", "- {Name} : a",
        "a AND", "AND", "OR", "NOT", "NOT a", "a NOT", "a AND NOT b", "NEAR", "NEAR(a b)", "NEAR(a b, 3)", "a NEAR b", "a\" OR \"b", "a\" AND rowid > 0 --", "'; DROP TABLE Repositories; --",
        "\\", "\\\"", "%", "_", "?", "$words", "@words", ":words", "\0", "a\0b", "\u0301", "a\u0301", "\ud800", "\udc00a", "\uffff", "😀", "😀😀 a", "\u202e", "\t\r\n", "﷽", "ǅ", "ß", "İ",
        "/", "a/b", "a/b/c", "//", ",;,", "…", "中", "中文 模", "sha256:", "sha256:zz", "sha256:0123456789",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HostileTexts_AreAnswered_AndLeaveTheCatalogueAsItIs()
    {
        await using var library = await SearchLibrary.CreateAsync();
        await library.AddAsync("ada/king-james", "card");
        foreach (var text in Texts.Concat([new string('a', 100_000), new string('"', 999), string.Concat(Enumerable.Repeat("a-b ", 500))]))
            await AskAsync(library.Search, text);

        (await library.FindAsync("q=king")).ShouldBe(["ada/king-james"]);
    }

    [Fact]
    public async Task AnyText_IsAnswered()
    {
        await using var library = await SearchLibrary.CreateAsync();
        await library.AddAsync("ada/king-james", "card");
        var pieces = Gen.Elements(Texts).Or(ArbMap.Default.GeneratorFor<string>()).Or(Gen.Elements("king", "\"king\"", "jam", " ", "-"));

        Prop.ForAll(Gen.ArrayOf(pieces, 4).Select(parts => string.Join(' ', parts)).ToArbitrary(), text => AskAsync(library.Search, text))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(120).WithReplay(new Replay(new Rnd(20261123, 5), null)));
    }

    [Fact]
    public async Task HostileCursors_GiveTheFirstPage()
    {
        await using var library = await SearchLibrary.CreateAsync();
        await library.AddAsync("ada/one");
        foreach (var cursor in new[] { "x", "====", "AAAA", "MiAx", "NCBOYU4gMSA", "2", new string('A', 10_000) })
        {
            var page = await library.Search.SearchAsync(Actor.Anonymous, SearchQuery.Everything with { After = cursor, Sort = SearchSort.Downloads }, Cancel);
            page.Items.Count.ShouldBe(1, cursor);
        }
    }

    [Fact]
    public async Task LongTexts_CostNoMoreThanTwelveWords()
    {
        await using var library = await SearchLibrary.CreateAsync();
        await library.AddAsync("ada/king-james", "card");

        (await library.FindAsync($"q={string.Join('+', Enumerable.Repeat("king", 12))}+nowhere")).ShouldBe(["ada/king-james"]);
    }

    private static async Task AskAsync(SearchService search, string text)
    {
        var query = SearchQuery.Everything with { Text = text };
        await search.SearchAsync(Actor.Anonymous, query, Cancel);
        await search.SearchAsync(Actor.Anonymous, SearchQueryString.Read(SearchQueryString.Write(query)), Cancel);
        await search.SearchAsync(Actor.Anonymous, query with { Tags = [text], Bases = [text], Owners = [text], After = text }, Cancel);
        await search.SuggestAsync(Actor.Anonymous, text, Cancel);
        await search.ListTagsAsync(Actor.Anonymous, text, 5, Cancel);
        await search.ListOwnersAsync(Actor.Anonymous, text, 0, 5, Cancel);
    }
}
