using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <param name="Id">Of the token.</param>
/// <param name="Name">What the person calls it.</param>
/// <param name="Ending">Its last four characters.</param>
/// <param name="Scope">Read or Write.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="LastUsedAt">Within a minute or so; null when never.</param>
/// <param name="ExpiresAt">No good after this; null for one that does not expire.</param>
public sealed record ApiTokenView(
    long Id, string Name, string Ending, ActorScope Scope, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? ExpiresAt)
{
    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;
}

/// <param name="Token">The token itself, shown this once.</param>
/// <param name="View">What the list shows.</param>
public sealed record NewApiToken(string Token, ApiTokenView View);

/// <summary>A person's API tokens: made, listed, revoked. A token does not manage tokens.</summary>
public sealed class TokenRegistry(IDbContextFactory<CatalogContext> contexts, TimeProvider time)
{
    private const int MostTokens = 100;

    /// <param name="actor">Whose token it becomes.</param>
    /// <param name="name">What to call it.</param>
    /// <param name="scope">Read or Write.</param>
    /// <param name="life">Null for a token that does not expire.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<NewApiToken> CreateAsync(Actor actor, string name, ActorScope scope, TimeSpan? life, CancellationToken cancel)
    {
        var userId = actor.RequireAccount("make API tokens");
        if (scope is not (ActorScope.Read or ActorScope.Write))
            throw new CatalogException(CatalogFault.Invalid, "An API token reads, or reads and writes.");
        if (life is { } asked && (asked <= TimeSpan.Zero || asked > TimeSpan.FromDays(3650)))
            throw new CatalogException(CatalogFault.Invalid, "An API token lives for up to 3650 days, or has no end.");
        var called = ProfileText.Line(name, "name of the token") ?? throw new CatalogException(CatalogFault.Invalid, "Give the token a name.");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var alive = context.ApiTokens.Where(t => t.UserId == userId && t.RevokedAt == null);
        if (await alive.AnyAsync(t => t.Name == called, cancel))
            throw new CatalogException(CatalogFault.Conflict, $"You have a token called \"{called}\". Give this one another name, or revoke that one.");
        if (await alive.CountAsync(cancel) >= MostTokens)
            throw new CatalogException(CatalogFault.Conflict, $"You have {MostTokens} tokens. Revoke some first.");

        var text = TokenAuthentication.Prefix + SecretKey.Create();
        var now = time.GetUtcNow();
        var token = new ApiToken
        {
            UserId = userId, Name = called, Hash = SecretKey.HashOf(text)!, Ending = text[^4..], Scope = scope, CreatedAt = now, ExpiresAt = now + life,
        };
        context.ApiTokens.Add(token);
        AuditLog.Add(context, actor, "token.create", called, scope == ActorScope.Read ? "read" : "write", now);
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return new NewApiToken(text, View(token));
    }

    /// <summary>The actor's tokens that are not revoked, newest first; expired ones too.</summary>
    public async Task<IReadOnlyList<ApiTokenView>> ListAsync(Actor actor, CancellationToken cancel)
    {
        var userId = actor.RequireAccount("see API tokens");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var tokens = await context.ApiTokens.AsNoTracking().Where(t => t.UserId == userId && t.RevokedAt == null)
            .OrderByDescending(t => t.Id).ToListAsync(cancel);
        return tokens.ConvertAll(View);
    }

    /// <summary>The token stops working at once.</summary>
    public async Task RevokeAsync(Actor actor, long id, CancellationToken cancel)
    {
        var userId = actor.RequireAccount("revoke API tokens");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var token = await context.ApiTokens.SingleOrDefaultAsync(t => t.Id == id && t.UserId == userId && t.RevokedAt == null, cancel)
            ?? throw CatalogException.NotFound($"The token {id}");
        token.RevokedAt = time.GetUtcNow();
        AuditLog.Add(context, actor, "token.revoke", token.Name, null, time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
    }

    private static ApiTokenView View(ApiToken token) =>
        new(token.Id, token.Name, token.Ending, token.Scope, token.CreatedAt, token.LastUsedAt, token.ExpiresAt);
}
