using AdapterHub.Catalog;
using AdapterHub.Catalog.Search;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AdapterHub.Web.Api.Hub;

/// <summary>Ways into the catalogue beside the search: what a text may mean, whose file this is, tags, owners, base models.</summary>
internal static class CatalogueEndpoints
{
    private const int MostItems = 100;

    public static void Map(RouteGroupBuilder hub)
    {
        var catalogue = hub.MapGroup("").WithTags("Catalogue");
        catalogue.MapGet("/suggest", SuggestAsync).Needs(ApiNeed.Nothing).WithName("Suggest")
            .WithSummary("Suggests what a text that is being typed may mean").WithDescription("At most eight things, repositories first.");
        catalogue.MapGet("/digests/{digest}", FindByDigestAsync).Needs(ApiNeed.Nothing).WithName("FindByDigest")
            .WithSummary("Finds the repositories that hold a file").WithDescription("By its SHA-256, of which the first ten digits are enough; the current ones first.");
        catalogue.MapGet("/tags", ListTagsAsync).Needs(ApiNeed.Nothing).WithName("ListTags")
            .WithSummary("Lists tags and how many repositories carry them").WithDescription("The most frequent first.");
        catalogue.MapGet("/owners", ListOwnersAsync).Needs(ApiNeed.Nothing).WithName("ListOwners")
            .WithSummary("Lists people and organisations that have repositories").WithDescription("Those with the most first.");
        catalogue.MapGet("/base-models", ListBaseModelsAsync).Needs(ApiNeed.Nothing).WithName("ListBaseModels")
            .WithSummary("Lists base models that adapters name, in this hub or elsewhere").WithDescription("Those with the most adapters first.");
    }

    private static async Task<Ok<IReadOnlyList<HubSuggestion>>> SuggestAsync(Caller caller, SearchService search, CancellationToken cancel, string? q = null) =>
        TypedResults.Ok<IReadOnlyList<HubSuggestion>>([.. (await search.SuggestAsync(caller, q, cancel)).Select(Record)]);

    private static async Task<Ok<IReadOnlyList<HubFileHolder>>> FindByDigestAsync(
        Caller caller, string digest, SearchService search, CancellationToken cancel, int limit = 20) =>
        TypedResults.Ok<IReadOnlyList<HubFileHolder>>([.. (await search.FindByDigestAsync(caller, digest, limit, cancel)).Select(holder =>
            new HubFileHolder(holder.Repository, HubRecords.Record(holder.Kind), holder.Path, holder.Digest, holder.Length, holder.Revision, holder.IsCurrent))]);

    private static async Task<Ok<IReadOnlyList<HubFacetValue>>> ListTagsAsync(Caller caller, SearchService search, CancellationToken cancel, string? q = null, int limit = MostItems)
    {
        Check(0, limit);
        var tags = await search.ListTagsAsync(caller, q, limit, cancel);
        return TypedResults.Ok<IReadOnlyList<HubFacetValue>>([.. tags.Values.Select(tag => new HubFacetValue(tag.Value, tag.Count))]);
    }

    private static async Task<Ok<HubOwnerPage>> ListOwnersAsync(
        Caller caller, SearchService search, CancellationToken cancel, string? q = null, int skip = 0, int limit = 24)
    {
        Check(skip, limit);
        var owners = await search.ListOwnersAsync(caller, q, skip, limit, cancel);
        return TypedResults.Ok(new HubOwnerPage([.. owners.Items.Select(Record)], owners.Total));
    }

    private static async Task<Ok<HubBaseModelPage>> ListBaseModelsAsync(
        Caller caller, SearchService search, CancellationToken cancel, string? q = null, int skip = 0, int limit = 24)
    {
        Check(skip, limit);
        var models = await search.ListBaseModelsAsync(caller, q, skip, limit, cancel);
        return TypedResults.Ok(new HubBaseModelPage(
            [.. models.Items.Select(model => new HubBaseModelCard(model.Name, model.Adapters, model.Repository is { } card ? SearchEndpoints.Record(card) : null))], models.Total));
    }

    private static void Check(int skip, int limit)
    {
        if (skip < 0 || limit is < 1 or > MostItems)
            throw new CatalogException(CatalogFault.Invalid, $"skip is 0 or more and limit 1 to {MostItems}; they are {skip} and {limit}.");
    }

    private static HubSuggestion Record(Suggestion suggestion) => new(
        suggestion.Kind switch
        {
            SuggestionKind.Repository => HubSuggestionKind.Repository,
            SuggestionKind.Owner => HubSuggestionKind.Owner,
            SuggestionKind.Tag => HubSuggestionKind.Tag,
            _ => HubSuggestionKind.BaseModel,
        },
        suggestion.Value, suggestion.Count, suggestion.RepositoryKind is { } kind ? HubRecords.Record(kind) : null);

    private static HubOwnerCard Record(OwnerCard owner) => new(
        owner.Name, PeopleRecords.Record(owner.Kind), owner.Adapters, owner.BaseModels, owner.Datasets, owner.Likes, owner.Downloads, owner.DisplayName, owner.About);
}
