using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AdapterHub.Web.Api.Hub;

/// <summary>One's own account and its tokens. A token does not manage the account that it belongs to.</summary>
internal static class AccountEndpoints
{
    public static void Map(RouteGroupBuilder hub)
    {
        var account = hub.MapGroup("/account").WithTags("Account");
        account.MapGet("/", GetAsync).Needs(ApiNeed.Browser).WithName("GetAccount")
            .WithSummary("Tells your account").WithDescription("As you see it.");
        account.MapPut("/profile", SetProfileAsync).Needs(ApiNeed.Browser).WithName("SetProfile")
            .WithSummary("Changes what others read about you").WithDescription("What is absent becomes empty.");
        account.MapGet("/audit", AuditAsync).Needs(ApiNeed.Browser).WithName("ListOwnAudit")
            .WithSummary("Lists what your account did and what was tried on it").WithDescription("Newest first, by pages.");
        var tokens = hub.MapGroup("/tokens").WithTags("Account");
        tokens.MapGet("/", ListTokensAsync).Needs(ApiNeed.Browser).WithName("ListTokens")
            .WithSummary("Lists your API tokens").WithDescription("Newest first, without the tokens themselves.");
        tokens.MapPost("/", CreateTokenAsync).Needs(ApiNeed.Browser).WithName("CreateToken")
            .WithSummary("Makes an API token").WithDescription("The answer shows it this once.");
        tokens.MapDelete("/{id:long}", RevokeTokenAsync).Needs(ApiNeed.Browser).WithName("RevokeToken")
            .WithSummary("Revokes an API token").WithDescription("It stops working at once.");
    }

    private static async Task<Ok<HubAccount>> GetAsync(Caller caller, OwnAccount account, CancellationToken cancel) =>
        TypedResults.Ok((await account.GetAsync(caller, cancel)).Record());

    private static async Task<Ok<HubAccount>> SetProfileAsync(Caller caller, HubProfileChange change, OwnAccount account, CancellationToken cancel) =>
        TypedResults.Ok((await account.UpdateProfileAsync(caller, change.DisplayName, change.About, cancel)).Record());

    private static async Task<Ok<HubAuditPage>> AuditAsync(Caller caller, AuditReader audit, CancellationToken cancel, long? before = null, int limit = 50) =>
        TypedResults.Ok((await audit.ListOwnAsync(caller, before, limit, cancel)).Record());

    private static async Task<Ok<IReadOnlyList<HubToken>>> ListTokensAsync(Caller caller, TokenRegistry tokens, CancellationToken cancel) =>
        TypedResults.Ok<IReadOnlyList<HubToken>>([.. (await tokens.ListAsync(caller, cancel)).Select(PeopleRecords.Record)]);

    private static async Task<Created<HubIssuedToken>> CreateTokenAsync(Caller caller, HubNewToken token, HttpResponse response, TokenRegistry tokens, CancellationToken cancel)
    {
        var scope = token.Scope switch
        {
            HubScope.Read => ActorScope.Read,
            HubScope.Write => ActorScope.Write,
            _ => throw new CatalogException(CatalogFault.Invalid, "An API token reads, or reads and writes: its scope is read or write."),
        };
        var made = await tokens.CreateAsync(caller, token.Name, scope, token.Days is { } days ? TimeSpan.FromDays(days) : null, cancel);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, new HubIssuedToken(made.Token, made.View.Record()));
    }

    private static async Task<NoContent> RevokeTokenAsync(Caller caller, long id, TokenRegistry tokens, CancellationToken cancel)
    {
        await tokens.RevokeAsync(caller, id, cancel);
        return TypedResults.NoContent();
    }
}
