using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Catalog.Search;

public sealed class SearchQueryStringTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("?", "")]
    [InlineData("?q=bible", "q=bible")]
    [InlineData("q=%20king+james%20", "q=king+james")]
    [InlineData("base=adapterhub%2Finkwell&q=x", "q=x&base=adapterhub/inkwell")]
    [InlineData("tag=b&tag=a&TAG=B&tag=", "tag=a&tag=b")]
    [InlineData("rank=16&rank=8..32&rank=..4&rank=64..&rank=x&rank=..&rank=-1", "rank=..4&rank=16&rank=64..&rank=8..32")]
    [InlineData("kind=dataset&kind=adapter&kind=spaceship", "kind=adapter&kind=dataset")]
    [InlineData("sort=likes&size=24", "sort=likes")]
    [InlineData("sort=sideways&size=0", "size=1")]
    [InlineData("size=9999", "size=100")]
    [InlineData("utm_source=x&q=a&=b&c&&", "q=a")]
    [InlineData("q=a%26b%3Dc%23", "q=a%26b%3Dc%23")]
    [InlineData("q=%ff%zz%", "q=%25ff%25zz%25")]
    public void QueryString_IsReadLeniently_AndWrittenCanonically(string read, string written) =>
        SearchQueryString.Write(SearchQueryString.Read(read)).ShouldBe(written);

    [Fact]
    public void AnyQuery_WrittenAndRead_IsTheSame() =>
        Prop.ForAll(RandomCatalogs.Queries.ToArbitrary(), query =>
        {
            var written = SearchQueryString.Write(query);
            SearchQueryString.Read(written).ShouldBe(query);
            SearchQueryString.Write(SearchQueryString.Read(written)).ShouldBe(written);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(new Replay(new Rnd(20261123, 1), null)));

    [Fact]
    public void AnyText_ComesBackAsItWas() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            var written = SearchQueryString.Write(SearchQuery.Everything with { Text = text });
            SearchQueryString.Write(SearchQueryString.Read(written)).ShouldBe(written);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(new Replay(new Rnd(20261123, 3), null)));

    [Fact]
    public void Toggle_AddsAndTakesAway_AtTheFirstPage()
    {
        var query = SearchQueryString.Read("q=a&tag=x&after=abc");

        SearchQueryString.Write(query.Toggle(Facet.Tag, "y")).ShouldBe("q=a&tag=x&tag=y");
        SearchQueryString.Write(query.Toggle(Facet.Tag, "X")).ShouldBe("q=a");
        SearchQueryString.Write(query.Toggle(Facet.Kind, "dataset").Toggle(Facet.Rank, "8..")).ShouldBe("q=a&kind=dataset&rank=8..&tag=x");
        query.Toggle(Facet.Kind, "dataset").Kinds.ShouldBe([RepositoryKind.Dataset]);
    }
}
