using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AdapterHub.Web.Api.Hub;

/// <summary>Publications under way.</summary>
internal static class DraftEndpoints
{
    public const string Route = "/drafts";

    public static void Map(RouteGroupBuilder hub)
    {
        var drafts = hub.MapGroup(Route).WithTags("Drafts");
        drafts.MapGet("/", ListAsync).Needs(ApiNeed.Account).WithName("ListDrafts")
            .WithSummary("Lists your drafts").WithDescription("The one touched last first.");
        drafts.MapPost("/", CreateAsync).Needs(ApiNeed.WritingAccount).WithName("CreateDraft")
            .WithSummary("Begins a publication").WithDescription("Announce its files, send their bytes, write the card, then publish. A draft that nobody touches for a week is thrown away.");
        var one = drafts.MapGroup("/{draft}");
        one.MapGet("/", GetAsync).Needs(ApiNeed.DraftOwner).WithName("GetDraft")
            .WithSummary("Tells a draft and how far its files are").WithDescription("Sending a file goes on at the offset that its field received tells.");
        one.MapPatch("/", AimAsync).Needs(ApiNeed.DraftOwner).WithName("AimDraft")
            .WithSummary("Chooses where a draft is published and as what").WithDescription("What is absent stays.");
        one.MapDelete("/", CancelAsync).Needs(ApiNeed.DraftOwner).WithName("CancelDraft")
            .WithSummary("Throws a draft away").WithDescription("With what has arrived.");
        one.MapPut("/card", SetCardAsync).Needs(ApiNeed.DraftOwner).WithName("SetDraftCard").WithMetadata(new RequestSizeLimitAttribute(CommitEndpoints.LargestBody))
            .WithSummary("Keeps README.md as edited").WithDescription("Without text the file that came is taken again.");
        one.MapPost("/publish", PublishAsync).Needs(ApiNeed.DraftOwner).WithName("PublishDraft")
            .WithSummary("Makes the revision, and the repository where it is new").WithDescription("The draft is gone afterwards. When it is refused, every reason is told and the draft stays as it was.");
    }

    private static async Task<Ok<IReadOnlyList<HubDraft>>> ListAsync(Caller caller, DraftDesk desk, CancellationToken cancel)
    {
        caller.RequireSignIn("see your drafts");
        return TypedResults.Ok<IReadOnlyList<HubDraft>>([.. (await desk.ListAsync(caller, cancel)).Select(Record)]);
    }

    private static async Task<Created<HubDraft>> CreateAsync(Caller caller, HubDraftTarget target, DraftDesk desk, CancellationToken cancel)
    {
        var made = Record(await desk.CreateAsync(caller, Target(target), cancel));
        return TypedResults.Created($"{HubApi.Root}{Route}/{made.Id}", made);
    }

    private static async Task<Ok<HubDraft>> GetAsync(Caller caller, string draft, DraftDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(Record(await desk.GetAsync(caller, draft, cancel)));

    private static async Task<Ok<HubDraft>> AimAsync(Caller caller, string draft, HubDraftTarget target, DraftDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(Record(await desk.SetTargetAsync(caller, draft, Target(target), cancel)));

    private static async Task<NoContent> CancelAsync(Caller caller, string draft, DraftDesk desk, CancellationToken cancel)
    {
        await desk.CancelAsync(caller, draft, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<HubDraft>> SetCardAsync(Caller caller, string draft, HubCardChange card, DraftDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(Record(await desk.SetCardAsync(caller, draft, card.Text, cancel)));

    private static async Task<Created<HubPublished>> PublishAsync(Caller caller, string draft, HubPublication publication, DraftDesk desk, CancellationToken cancel)
    {
        var name = (await desk.GetAsync(caller, draft, cancel)).Name;
        var published = await desk.PublishAsync(caller, draft, publication.Message, cancel);
        // A draft without a name was refused by now.
        var record = CommitEndpoints.Record(name!.Value, published);
        return TypedResults.Created($"{HubApi.Root}/repositories/{record.Repository}/revisions/{record.CommitId}", record);
    }

    public static HubDraft Record(DraftView draft) => new()
    {
        Id = draft.Id,
        Name = draft.Name?.ToString(),
        IsRevision = draft.IsRevision,
        Kind = HubRecords.Record(draft.Kind),
        Visibility = HubRecords.Record(draft.Visibility),
        Files = [.. draft.Files.Select(DraftFileEndpoints.Record)],
        Card = draft.Card,
        CreatedAt = draft.CreatedAt,
        UpdatedAt = draft.UpdatedAt,
        ExpiresAt = draft.ExpiresAt,
    };

    private static DraftTarget Target(HubDraftTarget target) => new()
    {
        Name = target.Name is { } name ? RepositoryName.Parse(name) : null,
        Kind = target.Kind?.Stored(),
        Visibility = target.Visibility?.Stored(),
    };
}
