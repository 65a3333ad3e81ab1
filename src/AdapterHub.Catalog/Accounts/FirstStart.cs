using System.Security.Cryptography;
using System.Text;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

public enum FirstStartDeed
{
    /// <summary>Nobody has an account yet: the link makes the first one, the administrator's.</summary>
    CreateAdministrator,

    /// <summary>Personal mode: the link signs the owner of this machine's hub in.</summary>
    SignIn,
}

/// <param name="Key">Goes into the link; nothing but its hash is kept, in memory.</param>
/// <param name="Deed">What the link does.</param>
/// <param name="ExpiresAt">No good after this.</param>
public sealed record FirstStartLink(string Key, FirstStartDeed Deed, DateTimeOffset ExpiresAt);

/// <param name="Deed">What the link does.</param>
/// <param name="IsPersonal">Whether a password may be left out: whoever reads this machine's terminal gets in.</param>
/// <param name="UserName">Whom it signs in.</param>
public sealed record FirstStartOffer(FirstStartDeed Deed, bool IsPersonal, string? UserName);

/// <summary>
/// The link that a start prints: good once, for a while, and until the next start. While nobody has an account it makes the first one. On a hub
/// that listens to this machine alone it signs its owner in afterwards, as notebooks do; on any other it is not issued again.
/// </summary>
public sealed class FirstStart : IDisposable
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly IDbContextFactory<CatalogContext> _contexts;
    private readonly Registration _registration;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1);
    private Issued? _issued;

    internal FirstStart(IDbContextFactory<CatalogContext> contexts, Registration registration, TimeProvider time) =>
        (_contexts, _registration, _time) = (contexts, registration, time);

    /// <summary>Makes the link for this start and voids an earlier one; null where the hub has accounts and is not personal.</summary>
    /// <param name="isPersonal">Whether the hub listens on loopback addresses only.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<FirstStartLink?> IssueAsync(bool isPersonal, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            _issued = null;
            await using var context = await _contexts.CreateDbContextAsync(cancel);
            var anybody = await context.Users.AnyAsync(cancel);
            if (anybody && (!isPersonal || await FindOwnerAsync(context, cancel) is null))
                return null;
            var deed = anybody ? FirstStartDeed.SignIn : FirstStartDeed.CreateAdministrator;
            var link = new FirstStartLink(SecretKey.Create(), deed, _time.GetUtcNow() + Life);
            _issued = new Issued(SecretKey.HashOf(link.Key)!, deed, isPersonal, link.ExpiresAt);
            return link;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What the link would do, without using it: browsers fetch links ahead. Null for a link that does not work.</summary>
    public async Task<FirstStartOffer?> FindAsync(string? key, CancellationToken cancel)
    {
        if (Match(key) is not { } issued)
            return null;
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        var owner = issued.Deed == FirstStartDeed.SignIn ? await FindOwnerAsync(context, cancel) : null;
        return new FirstStartOffer(issued.Deed, issued.IsPersonal, owner?.Owner.Name);
    }

    /// <summary>Makes the first account, an administrator's, and uses the link up. A name or password that does not do leaves it good.</summary>
    public Task<Account> CreateAdministratorAsync(Actor actor, string? key, NewAccount form, CancellationToken cancel) =>
        UseAsync(key, FirstStartDeed.CreateAdministrator, async (issued, context) =>
        {
            if (await context.Users.AnyAsync(cancel))
                throw Refusal();
            if (form.Password is null && !issued.IsPersonal)
                throw new CatalogException(CatalogFault.Invalid, "Give a password: this hub is open to other machines.");
            return await _registration.AddAsync(context, actor, form, isAdministrator: true, cancel);
        }, cancel);

    /// <summary>Signs the owner of a personal hub in, its first administrator, and uses the link up.</summary>
    public Task<Account> SignInAsync(Actor actor, string? key, CancellationToken cancel) =>
        UseAsync(key, FirstStartDeed.SignIn, async (_, context) =>
        {
            var owner = await FindOwnerAsync(context, cancel) ?? throw Refusal();
            AuditLog.Add(context, actor with { UserId = owner.Id, Name = owner.Owner.Name }, "account.sign-in", owner.Owner.Name, "by the start's link", _time.GetUtcNow());
            await context.SaveChangesAsync(cancel);
            return owner;
        }, cancel);

    public void Dispose() => _turn.Dispose();

    private async Task<Account> UseAsync(string? key, FirstStartDeed deed, Func<Issued, CatalogContext, Task<User>> use, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (Match(key) is not { } issued || issued.Deed != deed)
                throw Refusal();
            await using var context = await _contexts.CreateDbContextAsync(cancel);
            await using var transaction = await context.Database.BeginTransactionAsync(cancel);
            var user = await use(issued, context);
            await transaction.CommitAsync(cancel);
            _issued = null;
            return Account.Of(user);
        }
        finally
        {
            _turn.Release();
        }
    }

    private Issued? Match(string? key)
    {
        var issued = _issued;
        return issued is not null && issued.ExpiresAt > _time.GetUtcNow() && SecretKey.HashOf(key) is { } hash
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(issued.Hash)) ? issued : null;
    }

    private static async Task<User?> FindOwnerAsync(CatalogContext context, CancellationToken cancel) =>
        await context.Users.Include(u => u.Owner).Where(u => u.IsAdministrator && u.DisabledAt == null).OrderBy(u => u.Id).FirstOrDefaultAsync(cancel);

    private static CatalogException Refusal() => new(CatalogFault.Gone,
        "This link does not work: it was used, has expired, or the hub was started again since. Start the hub again for a new one.");

    private sealed record Issued(string Hash, FirstStartDeed Deed, bool IsPersonal, DateTimeOffset ExpiresAt);
}
