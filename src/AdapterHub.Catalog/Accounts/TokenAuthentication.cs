using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <summary>Who bears an API token. Asked of the database every time, so revoking and shutting an account work at once.</summary>
public sealed class TokenAuthentication(IDbContextFactory<CatalogContext> contexts, TimeProvider time)
{
    /// <summary>Lets secret scanners, and people, tell what the string is.</summary>
    public const string Prefix = "ah_";

    /// <summary>Null for anything but a token that is in force.</summary>
    public async Task<Actor?> FindAsync(string? token, string? address, CancellationToken cancel)
    {
        if (token is null || !token.StartsWith(Prefix, StringComparison.Ordinal) || token.Length != Prefix.Length + SecretKey.Length)
            return null;
        var hash = SecretKey.HashOf(token);
        var now = time.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var found = await context.ApiTokens
            .Where(t => t.Hash == hash && t.RevokedAt == null && (t.ExpiresAt == null || t.ExpiresAt > now) && t.User.DisabledAt == null)
            .Select(t => new { t.Id, t.UserId, t.Scope, t.LastUsedAt, Name = t.User.UserName!, t.User.IsAdministrator }).SingleOrDefaultAsync(cancel);
        if (found is null)
            return null;
        if (LastUse.IsDue(found.LastUsedAt, now))
        {
            await LastUse.WriteAsync(context, async () =>
            {
                await context.ApiTokens.Where(t => t.Id == found.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.LastUsedAt, now), cancel);
                await context.Users.Where(u => u.Id == found.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.LastSeenAt, now), cancel);
            });
        }

        return new Actor(found.UserId, found.Name, found.IsAdministrator, found.Scope) { Address = address };
    }
}
