using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using Microsoft.EntityFrameworkCore;
using static AdapterHub.Tests.Catalog.Accounts.AccountsFixture;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class AdministrationTests
{
    [Fact]
    public async Task LastAdministrator_CannotBeShutOrUnmade()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        await hub.AddPersonAsync(ada, "ben");
        var administration = hub.Get<Administration>();

        (await FaultOf(() => administration.SetAdministratorAsync(ada, "ada", false, Cancel))).ShouldBe(CatalogFault.Conflict);
        (await FaultOf(() => administration.SetDisabledAsync(ada, "ada", true, Cancel))).ShouldBe(CatalogFault.Conflict);
        await administration.SetAdministratorAsync(ada, "ben", true, Cancel);
        await administration.SetDisabledAsync(ada, "ben", true, Cancel);
        (await FaultOf(() => administration.SetAdministratorAsync(ada, "ada", false, Cancel))).ShouldBe(CatalogFault.Conflict);
        await administration.SetDisabledAsync(ada, "ben", false, Cancel);

        await administration.SetAdministratorAsync(ada, "ada", false, Cancel);
    }

    [Fact]
    public async Task TwoAdministratorsUnmakingEachOther_LeaveOne()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var ben = await hub.AddPersonAsync(ada, "ben");
        await hub.Get<Administration>().SetAdministratorAsync(ada, "ben", true, Cancel);

        await Task.WhenAll(TryUnmake(ada, "ben"), TryUnmake(ben, "ada"));

        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        (await context.Users.CountAsync(u => u.IsAdministrator, Cancel)).ShouldBe(1);

        async Task TryUnmake(Actor actor, string other)
        {
            try
            {
                await hub.Get<Administration>().SetAdministratorAsync(actor with { IsAdministrator = true }, other, false, Cancel);
            }
            catch (CatalogException)
            {
                // One of the two.
            }
        }
    }

    [Fact]
    public async Task List_IsPagedFilteredAndSearched()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        foreach (var name in new[] { "dora", "ben", "carl" })
            await hub.AddPersonAsync(ada, name);
        await hub.Get<Administration>().SetDisabledAsync(ada, "carl", true, Cancel);
        var administration = hub.Get<Administration>();

        var second = await administration.ListUsersAsync(ada, new UserQuery { Page = 2, PageSize = 3 }, Cancel);
        (second.Total, string.Join(' ', second.Users.Select(u => u.Account.Name))).ShouldBe((4, "dora"));
        (await NamesAsync(new UserQuery { Filter = UserFilter.Disabled })).ShouldBe(["carl"]);
        (await NamesAsync(new UserQuery { Filter = UserFilter.Administrators })).ShouldBe(["ada"]);
        (await NamesAsync(new UserQuery { Text = "A" })).ShouldBe(["ada", "carl", "dora"]);
        (await NamesAsync(new UserQuery { Text = "%" })).ShouldBeEmpty();

        async Task<IEnumerable<string>> NamesAsync(UserQuery query) =>
            (await administration.ListUsersAsync(ada, query, Cancel)).Users.Select(u => u.Account.Name);
    }

    [Fact]
    public async Task Unlock_LetsSomebodyInAgain()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        await hub.AddPersonAsync(ada, "ben");
        for (var i = 0; i < PasswordSignIn.AttemptsBeforeLock; i++)
            await hub.Get<PasswordSignIn>().CheckAsync(Visitor, "ben", "wrong", Cancel);
        (await hub.Get<Administration>().ListUsersAsync(ada, new UserQuery { Text = "ben" }, Cancel)).Users.Single().LockedUntil.ShouldNotBeNull();

        await hub.Get<Administration>().UnlockAsync(ada, "ben", Cancel);

        (await hub.Get<PasswordSignIn>().CheckAsync(Visitor, "ben", Password, Cancel)).Outcome.ShouldBe(SignInOutcome.Accepted);
    }

    [Fact]
    public async Task OthersAreRefused_WhateverTheyAsk()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var ben = await hub.AddPersonAsync(ada, "ben");
        var administration = hub.Get<Administration>();

        foreach (var (actor, fault) in new[] { (ben, CatalogFault.Forbidden), (Actor.Anonymous, CatalogFault.SignInRequired), (ada with { Scope = ActorScope.Read }, CatalogFault.Forbidden) })
        {
            (await FaultOf(() => administration.ListUsersAsync(actor, new UserQuery(), Cancel))).ShouldBe(fault);
            (await FaultOf(() => administration.SetDisabledAsync(actor, "ada", true, Cancel))).ShouldBe(fault);
            (await FaultOf(() => administration.SetAdministratorAsync(actor, "ben", true, Cancel))).ShouldBe(fault);
            (await FaultOf(() => administration.UnlockAsync(actor, "ben", Cancel))).ShouldBe(fault);
            (await FaultOf(() => hub.Get<HubSettingsStore>().UpdateAsync(actor, new HubSettings(), Cancel))).ShouldBe(fault);
            (await FaultOf(() => hub.Get<AuditReader>().ListAsync(actor, new AuditQuery(), Cancel))).ShouldBe(fault);
        }
    }
}
