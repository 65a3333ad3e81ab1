using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;
using static AdapterHub.Tests.Catalog.Accounts.AccountsFixture;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class AccountClosingTests
{
    private static readonly RepositoryName One = RepositoryName.Parse("ben/one");

    [Fact]
    public async Task WithoutHeir_RepositoriesLieInTheTrash_AndNothingElseIsLeft()
    {
        await using var hub = await CreateAsync();
        var (ada, ben) = await PeopleAsync(hub);
        var token = await hub.Get<TokenRegistry>().CreateAsync(ben, "laptop", ActorScope.Write, null, Cancel);
        var session = await hub.StartSessionAsync(ben);
        await hub.SessionActorAsync(session);
        await hub.Get<RepositoryCatalog>().SetLikeAsync(ben, One, true, Cancel);

        await hub.Get<AccountClosing>().CloseOwnAsync(ben, "BEN", Password, null, Cancel);

        (await hub.SessionActorAsync(session)).ShouldBeNull();
        (await hub.Get<TokenAuthentication>().FindAsync(token.Token, null, Cancel)).ShouldBeNull();
        (await hub.Get<PasswordSignIn>().CheckAsync(Visitor, "ben", Password, Cancel)).Outcome.ShouldBe(SignInOutcome.Refused);
        (await hub.Get<RepositoryCatalog>().FindAsync(Actor.Anonymous, One, Cancel)).ShouldBeNull();
        (await hub.Get<OwnerDirectory>().FindAsync(ada, "ben", Cancel)).ShouldBeNull();
        (await FaultOf(() => hub.AddPersonAsync(ada, "ben"))).ShouldBe(CatalogFault.Conflict);
        var restored = await hub.Get<RepositoryCatalog>().RestoreAsync(ada, One, Cancel);
        restored.Likes.ShouldBe(0);
        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        (await context.AuditEntries.OrderBy(e => e.Id).LastAsync(e => e.Action == "account.close", Cancel)).Details.ShouldBe("repositories to the trash");
    }

    [Fact]
    public async Task WithHeir_RepositoriesMove_AndOldAddressesLeadOn()
    {
        await using var hub = await CreateAsync();
        var (ada, ben) = await PeopleAsync(hub);
        await hub.Get<Organizations>().CreateAsync(ada, "lab", null, Cancel);
        await hub.Get<Organizations>().SetMemberAsync(ada, "lab", "ben", AccessRole.Writer, Cancel);
        (await hub.Get<AccountClosing>().PlanAsync(ben, "ben", Cancel)).Heirs.ShouldBe(["lab"]);

        await hub.Get<AccountClosing>().CloseOwnAsync(ben, "ben", Password, "lab", Cancel);

        var found = await hub.Get<RepositoryCatalog>().GetAsync(Actor.Anonymous, One, Cancel);
        found.Name.ToString().ShouldBe("lab/one");
        (await hub.Get<Organizations>().GetAsync(ada, "lab", Cancel)).Members.Select(m => m.UserName).ShouldBe(["ada"]);
    }

    [Fact]
    public async Task WrongConfirmationOrPassword_ClosesNothing()
    {
        await using var hub = await CreateAsync();
        var (_, ben) = await PeopleAsync(hub);
        var closing = hub.Get<AccountClosing>();

        (await FaultOf(() => closing.CloseOwnAsync(ben, "bem", Password, null, Cancel))).ShouldBe(CatalogFault.Invalid);
        (await FaultOf(() => closing.CloseOwnAsync(ben, "ben", "wrong", null, Cancel))).ShouldBe(CatalogFault.Invalid);
        (await FaultOf(() => closing.CloseOwnAsync(ben with { Scope = ActorScope.Write }, "ben", Password, null, Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await FaultOf(() => closing.CloseOwnAsync(ben, "ben", Password, "ben", Cancel))).ShouldBe(CatalogFault.Invalid);

        (await hub.Get<RepositoryCatalog>().GetAsync(Actor.Anonymous, One, Cancel)).DeletedAt.ShouldBeNull();
    }

    [Fact]
    public async Task SoleOwnersAndTheLastAdministrator_HaveToSettleThatFirst()
    {
        await using var hub = await CreateAsync();
        var (ada, ben) = await PeopleAsync(hub);
        await hub.Get<Organizations>().CreateAsync(ben, "lab", null, Cancel);
        var closing = hub.Get<AccountClosing>();

        (await closing.PlanAsync(ben, "ben", Cancel)).SoleOwnerOf.ShouldBe(["lab"]);
        (await FaultOf(() => closing.CloseOwnAsync(ben, "ben", Password, null, Cancel))).ShouldBe(CatalogFault.Conflict);
        (await closing.PlanAsync(ada, "ada", Cancel)).IsLastAdministrator.ShouldBeTrue();
        (await FaultOf(() => closing.CloseOwnAsync(ada, "ada", Password, null, Cancel))).ShouldBe(CatalogFault.Conflict);
    }

    [Fact]
    public async Task HeirWithTheSameName_IsRefusedBeforeAnythingMoves()
    {
        await using var hub = await CreateAsync();
        var (ada, ben) = await PeopleAsync(hub);
        var create = hub.Get<RepositoryCatalog>();
        await create.CreateAsync(ben, Adapter(RepositoryName.Parse("ben/two")), Cancel);
        await create.CreateAsync(ada, Adapter(RepositoryName.Parse("ada/two")), Cancel);

        (await FaultOf(() => hub.Get<AccountClosing>().CloseAsync(ada, "ben", "ada", Cancel))).ShouldBe(CatalogFault.Conflict);

        (await create.GetAsync(ben, One, Cancel)).Name.ShouldBe(One);
    }

    [Fact]
    public async Task OthersAccounts_AreForAdministratorsOnly()
    {
        await using var hub = await CreateAsync();
        var (ada, ben) = await PeopleAsync(hub);

        (await FaultOf(() => hub.Get<AccountClosing>().CloseAsync(ben, "ada", null, Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await FaultOf(() => hub.Get<AccountClosing>().PlanAsync(ben, "nobody", Cancel))).ShouldBe(CatalogFault.Forbidden);
        await hub.Get<AccountClosing>().CloseAsync(ada, "ben", "ada", Cancel);

        (await hub.Get<RepositoryCatalog>().GetAsync(Actor.Anonymous, One, Cancel)).Name.ToString().ShouldBe("ada/one");
    }

    private static NewRepository Adapter(RepositoryName name) => new(name, RepositoryKind.Adapter, RepositoryVisibility.Public);

    private static async Task<(Actor Ada, Actor Ben)> PeopleAsync(AccountsFixture hub)
    {
        var ada = await hub.AddAdministratorAsync("ada");
        var ben = await hub.AddPersonAsync(ada, "ben");
        await hub.Get<RepositoryCatalog>().CreateAsync(ben, Adapter(One), Cancel);
        return (ada, ben);
    }
}
