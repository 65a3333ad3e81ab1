using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using Microsoft.EntityFrameworkCore;
using static AdapterHub.Tests.Catalog.Accounts.AccountsFixture;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class ApiTokenTests
{
    [Fact]
    public async Task Token_LeadsToItsPersonWithItsScope()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");

        var token = await hub.Get<TokenRegistry>().CreateAsync(ada, "laptop", ActorScope.Read, null, Cancel);

        token.Token.ShouldMatch("^ah_[A-Za-z0-9_-]{43}$");
        token.Token.ShouldEndWith(token.View.Ending);
        var actor = await FindAsync(hub, token.Token);
        actor.ShouldBe(new Actor(ada.UserId, "ada", true, ActorScope.Read) { Address = "192.0.2.9" });
        Should.Throw<CatalogException>(() => actor!.RequireWrite("push")).Fault.ShouldBe(CatalogFault.Forbidden);
        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        (await context.ApiTokens.SingleAsync(Cancel)).Hash.ShouldMatch("^[0-9a-f]{64}$");
    }

    [Fact]
    public async Task WrongRevokedExpiredOrOfADisabledAccount_IsNobody()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var ben = await hub.AddPersonAsync(ada, "ben");
        var tokens = hub.Get<TokenRegistry>();
        var revoked = await tokens.CreateAsync(ada, "revoked", ActorScope.Write, null, Cancel);
        var expiring = await tokens.CreateAsync(ada, "expiring", ActorScope.Write, TimeSpan.FromDays(1), Cancel);
        var bens = await tokens.CreateAsync(ben, "ben's", ActorScope.Write, null, Cancel);
        (await FindAsync(hub, bens.Token)).ShouldNotBeNull();

        await tokens.RevokeAsync(ada, revoked.View.Id, Cancel);
        await hub.Get<Administration>().SetDisabledAsync(ada, "ben", true, Cancel);
        hub.Time.Step(TimeSpan.FromDays(1));

        foreach (var token in new[] { revoked.Token, expiring.Token, bens.Token, bens.Token.ToUpperInvariant(), bens.Token[3..], "ah_", "", null, new string('a', 1 << 20) })
            (await FindAsync(hub, token)).ShouldBeNull();
    }

    [Fact]
    public async Task LastUsed_IsWrittenOnceAMinute()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var token = await hub.Get<TokenRegistry>().CreateAsync(ada, "laptop", ActorScope.Read, null, Cancel);
        await FindAsync(hub, token.Token);
        var first = hub.Time.GetUtcNow();

        hub.Time.Step(TimeSpan.FromSeconds(59));
        await FindAsync(hub, token.Token);
        (await LastUsedAsync(hub, ada)).ShouldBe(first);
        hub.Time.Step(TimeSpan.FromSeconds(1));
        await FindAsync(hub, token.Token);

        (await LastUsedAsync(hub, ada)).ShouldBe(hub.Time.GetUtcNow());
    }

    [Fact]
    public async Task DatabaseHeldByAWriter_DoesNotRefuseTheToken()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var token = await hub.Get<TokenRegistry>().CreateAsync(ada, "laptop", ActorScope.Read, null, Cancel);
        await using var writer = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        await using var held = await writer.Database.BeginTransactionAsync(Cancel);

        (await FindAsync(hub, token.Token)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Token_DoesNotManageTokens_NorTheAccount()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var byToken = ada with { Scope = ActorScope.Write };

        (await FaultOf(() => hub.Get<TokenRegistry>().CreateAsync(byToken, "more", ActorScope.Write, null, Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await FaultOf(() => hub.Get<TokenRegistry>().ListAsync(byToken, Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await FaultOf(() => hub.Get<OwnAccount>().ChangePasswordAsync(byToken, Password, "another good phrase", Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await FaultOf(() => hub.Get<Administration>().SetAdministratorAsync(byToken, "ada", false, Cancel))).ShouldBe(CatalogFault.Forbidden);
    }

    [Fact]
    public async Task SomebodyElsesToken_CannotBeRevoked_AndFullScopeCannotBeGiven()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var ben = await hub.AddPersonAsync(ada, "ben");
        var token = await hub.Get<TokenRegistry>().CreateAsync(ada, "laptop", ActorScope.Read, null, Cancel);

        (await FaultOf(() => hub.Get<TokenRegistry>().RevokeAsync(ben, token.View.Id, Cancel))).ShouldBe(CatalogFault.NotFound);
        (await FaultOf(() => hub.Get<TokenRegistry>().CreateAsync(ben, "full", ActorScope.Full, null, Cancel))).ShouldBe(CatalogFault.Invalid);
        (await FaultOf(() => hub.Get<TokenRegistry>().CreateAsync(ada, " laptop ", ActorScope.Read, null, Cancel))).ShouldBe(CatalogFault.Conflict);
        (await FindAsync(hub, token.Token)).ShouldNotBeNull();
    }

    private static async Task<DateTimeOffset?> LastUsedAsync(AccountsFixture hub, Actor actor) =>
        (await hub.Get<TokenRegistry>().ListAsync(actor, Cancel)).Single().LastUsedAt;

    private static Task<Actor?> FindAsync(AccountsFixture hub, string? token) => hub.Get<TokenAuthentication>().FindAsync(token, "192.0.2.9", Cancel);
}
