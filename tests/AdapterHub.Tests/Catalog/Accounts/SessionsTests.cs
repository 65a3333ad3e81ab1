using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using Microsoft.EntityFrameworkCore;
using static AdapterHub.Tests.Catalog.Accounts.AccountsFixture;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class SessionsTests
{
    [Fact]
    public async Task Key_LeadsToThePersonWithFullScope()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");

        var key = await hub.StartSessionAsync(ada);

        (await hub.SessionActorAsync(key)).ShouldBe(ada);
        foreach (var wrong in new[] { null, "", key[1..], key + "x", new string('a', 1_000_000) })
            (await hub.SessionActorAsync(wrong!)).ShouldBeNull();
        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        (await context.Sessions.SingleAsync(Cancel)).Hash.ShouldNotContain(key);
    }

    [Fact]
    public async Task DisabledAccount_IsOutAtOnce_AndStaysOutWhenOpenedAgain()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var key = await hub.StartSessionAsync(await hub.AddPersonAsync(ada, "ben"));
        (await hub.SessionActorAsync(key)).ShouldNotBeNull();

        await hub.Get<Administration>().SetDisabledAsync(ada, "ben", true, Cancel);
        (await hub.SessionActorAsync(key)).ShouldBeNull();

        await hub.Get<Administration>().SetDisabledAsync(ada, "ben", false, Cancel);
        (await hub.SessionActorAsync(key)).ShouldBeNull();
    }

    [Fact]
    public async Task ChangeByAnotherProcess_ShowsWithinTheFreshness()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var key = await hub.StartSessionAsync(ada);
        await hub.SessionActorAsync(key);
        await using (var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel))
            await context.Users.ExecuteUpdateAsync(set => set.SetProperty(u => u.SecurityStamp, "another"), Cancel);

        hub.Time.Step(Sessions.Freshness + TimeSpan.FromSeconds(1));

        (await hub.SessionActorAsync(key)).ShouldBeNull();
    }

    [Fact]
    public async Task UnmadeAdministrator_LosesTheRightsOfRunningSessionsAtOnce()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var ben = await hub.AddPersonAsync(ada, "ben");
        var key = await hub.StartSessionAsync(ben);
        await hub.Get<Administration>().SetAdministratorAsync(ada, "ben", true, Cancel);
        (await hub.SessionActorAsync(key))!.IsAdministrator.ShouldBeTrue();

        await hub.Get<Administration>().SetAdministratorAsync(ada, "ben", false, Cancel);

        (await hub.SessionActorAsync(key))!.IsAdministrator.ShouldBeFalse();
    }

    [Fact]
    public async Task Unused_Expires_AndUseMovesTheEnd()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var used = await hub.StartSessionAsync(ada);
        var idle = await hub.StartSessionAsync(ada);

        hub.Time.Step(Sessions.IdleLife - TimeSpan.FromDays(1));
        (await hub.SessionActorAsync(used)).ShouldNotBeNull();
        hub.Time.Step(TimeSpan.FromDays(2));

        (await hub.SessionActorAsync(used)).ShouldNotBeNull();
        (await hub.SessionActorAsync(idle)).ShouldBeNull();
    }

    [Fact]
    public async Task InDailyUse_StillEndsAfterTheLongestLife()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var key = await hub.StartSessionAsync(ada);

        for (var day = 0; day < Sessions.LongestLife.TotalDays - 1; day++)
        {
            hub.Time.Step(TimeSpan.FromDays(1));
            (await hub.SessionActorAsync(key)).ShouldNotBeNull($"day {day}");
        }

        hub.Time.Step(TimeSpan.FromDays(1.1));
        (await hub.SessionActorAsync(key)).ShouldBeNull();
    }

    [Fact]
    public async Task SignOut_EndsThisOne_EverywhereEndsAllButTheSpared()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var sessions = hub.Get<Sessions>();
        string[] keys = [await hub.StartSessionAsync(ada), await hub.StartSessionAsync(ada), await hub.StartSessionAsync(ada)];
        foreach (var key in keys)
            await hub.SessionActorAsync(key);

        await sessions.EndAsync(ada, keys[0], Cancel);
        (await hub.SessionActorAsync(keys[0])).ShouldBeNull();
        (await sessions.ListAsync(ada, keys[1], Cancel)).Select(s => s.IsCurrent).ShouldBe([true, false], ignoreOrder: true);

        await sessions.EndAllAsync(ada, keys[1], Cancel);
        (await hub.SessionActorAsync(keys[1])).ShouldNotBeNull();
        (await hub.SessionActorAsync(keys[2])).ShouldBeNull();
    }

    [Fact]
    public async Task SessionOfSomebodyElse_CannotBeEnded()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var ben = await hub.AddPersonAsync(ada, "ben");
        var key = await hub.StartSessionAsync(ada);
        var id = (await hub.Get<Sessions>().ListAsync(ada, null, Cancel)).Single().Id;

        (await FaultOf(() => hub.Get<Sessions>().EndAsync(ben, id, Cancel))).ShouldBe(CatalogFault.NotFound);
        (await FaultOf(() => hub.Get<Sessions>().ListAsync(ada with { Scope = ActorScope.Write }, null, Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await hub.SessionActorAsync(key)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Lookups_WriteLastSeenOnceAMinute()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var key = await hub.StartSessionAsync(ada);
        var started = hub.Time.GetUtcNow();

        hub.Time.Step(TimeSpan.FromSeconds(30));
        await hub.SessionActorAsync(key);
        (await hub.Get<Sessions>().ListAsync(ada, null, Cancel)).Single().LastSeenAt.ShouldBe(started);
        hub.Time.Step(TimeSpan.FromSeconds(40));
        await hub.SessionActorAsync(key);

        (await hub.Get<Sessions>().ListAsync(ada, null, Cancel)).Single().LastSeenAt.ShouldBe(hub.Time.GetUtcNow());
    }
}
