using System.ComponentModel;
using AdapterHub.Catalog.Search;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AdapterHub.Web.Api.Hub;

/// <summary>Finding repositories, with the query of the catalogue's page.</summary>
internal static class SearchEndpoints
{
    public static void Map(RouteGroupBuilder hub) =>
        hub.MapGet("/repositories", SearchAsync).Needs(ApiNeed.Nothing).WithTags("Repositories").WithName("SearchRepositories")
            .WithSummary("Lists and searches repositories").WithDescription("The query string is that of the catalogue's page, so that an address there works here. What cannot be read in it is passed over.");

    private static async Task<Ok<HubSearchPage>> SearchAsync(
        Caller caller, [AsParameters] SearchParameters parameters, HttpRequest request, SearchService search, CancellationToken cancel)
    {
        _ = parameters;
        return TypedResults.Ok(Record(await search.SearchAsync(caller, SearchQueryString.Read(request.QueryString.Value), cancel)));
    }

    private static HubSearchPage Record(SearchPage page) => new(
        [.. page.Items.Select(Record)], page.Total, page.Offset,
        page.Facets.ToDictionary(facet => Facets.Key(facet.Facet), facet => (IReadOnlyList<HubFacetValue>)[.. facet.Values.Select(value => new HubFacetValue(value.Value, value.Count, value.Selected))], StringComparer.Ordinal),
        page.Next);

    public static HubSearchItem Record(RepositoryCard card) => new()
    {
        Name = card.FullName,
        Kind = HubRecords.Record(card.Kind),
        Visibility = HubRecords.Record(card.Visibility),
        Title = card.Title,
        Summary = card.Summary,
        BaseModel = card.BaseModel,
        BaseRepository = card.BaseRepository,
        Method = card.Method,
        Rank = card.Rank,
        Parameters = card.Parameters,
        Bytes = card.Bytes,
        Task = card.Task,
        License = card.License,
        Languages = card.Languages,
        Tags = card.Tags,
        Downloads = card.Downloads,
        Likes = card.Likes,
        Liked = card.Liked,
        CreatedAt = card.CreatedAt,
        UpdatedAt = card.UpdatedAt,
        WeightsDigest = card.Thumbnail,
    };

    /// <summary>Names and explains the query's keys for the document of the interface; SearchQueryString is what reads them.</summary>
    private readonly struct SearchParameters
    {
        [FromQuery(Name = "q"), Description("Words to look for; the last one may be begun only.")]
        public string? Text { get; init; }

        [FromQuery(Name = "kind"), Description("adapter, base-model or dataset; may be repeated.")]
        public string[]? Kinds { get; init; }

        [FromQuery(Name = "base"), Description("Base model, as owner/name or as cards name it; may be repeated.")]
        public string[]? Bases { get; init; }

        [FromQuery(Name = "method"), Description("Such as LoRA; may be repeated.")]
        public string[]? Methods { get; init; }

        [FromQuery(Name = "rank"), Description("16, 8..32, ..8 or 64..; may be repeated.")]
        public string[]? Ranks { get; init; }

        [FromQuery(Name = "tag"), Description("May be repeated; all of them must be there.")]
        public string[]? Tags { get; init; }

        [FromQuery(Name = "task"), Description("Such as text-generation; may be repeated.")]
        public string[]? Tasks { get; init; }

        [FromQuery(Name = "license"), Description("SPDX identifier; may be repeated.")]
        public string[]? Licenses { get; init; }

        [FromQuery(Name = "owner"), Description("Person or organisation; may be repeated.")]
        public string[]? Owners { get; init; }

        [FromQuery(Name = "language"), Description("Language code; may be repeated.")]
        public string[]? Languages { get; init; }

        [FromQuery(Name = "sort"), Description("relevance, trending, newest, updated, downloads, likes, size or name.")]
        public string? Sort { get; init; }

        [FromQuery(Name = "size"), Description("Results on a page, 1 to 100.")]
        public string? Size { get; init; }

        [FromQuery(Name = "after"), Description("The field next of the page before.")]
        public string? After { get; init; }
    }
}
