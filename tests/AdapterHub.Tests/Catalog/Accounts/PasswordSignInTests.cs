using System.Diagnostics;
using AdapterHub.Catalog.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using static AdapterHub.Tests.Catalog.Accounts.AccountsFixture;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class PasswordSignInTests
{
    [Fact]
    public async Task RightPassword_IsAcceptedInAnyCaseOfTheName()
    {
        await using var hub = await CreateAsync();
        await hub.AddAdministratorAsync("Ada");

        (await CheckAsync(hub, " aDA ", Password)).Outcome.ShouldBe(SignInOutcome.Accepted);
        (await CheckAsync(hub, "ada", Password.ToUpperInvariant())).Outcome.ShouldBe(SignInOutcome.Refused);
        (await CheckAsync(hub, "nobody", Password)).Outcome.ShouldBe(SignInOutcome.Refused);
        (await CheckAsync(hub, "", "")).Outcome.ShouldBe(SignInOutcome.Refused);
    }

    [Fact]
    public async Task TenWrongOnes_LockForAWhile_EvenForTheRightPassword()
    {
        await using var hub = await CreateAsync();
        await hub.AddAdministratorAsync("ada");

        for (var i = 0; i < PasswordSignIn.AttemptsBeforeLock; i++)
            await CheckAsync(hub, "ada", "wrong");

        (await CheckAsync(hub, "ada", Password)).Outcome.ShouldBe(SignInOutcome.Refused);
        hub.Time.Step(PasswordSignIn.LockLife + TimeSpan.FromSeconds(1));
        (await CheckAsync(hub, "ada", Password)).Outcome.ShouldBe(SignInOutcome.Accepted);
    }

    [Fact]
    public async Task NineWrongOnesThenTheRightOne_StartsCountingAnew()
    {
        await using var hub = await CreateAsync();
        await hub.AddAdministratorAsync("ada");

        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < PasswordSignIn.AttemptsBeforeLock - 1; i++)
                await CheckAsync(hub, "ada", "wrong");
            (await CheckAsync(hub, "ada", Password)).Outcome.ShouldBe(SignInOutcome.Accepted);
        }
    }

    [Fact]
    public async Task GuessesAtOnce_AreCountedOneByOne()
    {
        await using var hub = await CreateAsync();
        await hub.AddAdministratorAsync("ada");

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => CheckAsync(hub, "ada", $"wrong {i}")));

        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        (await context.AuditEntries.CountAsync(e => e.Details == "wrong password", Cancel)).ShouldBe(PasswordSignIn.AttemptsBeforeLock - 1);
        (await context.AuditEntries.CountAsync(e => e.Details == "while locked", Cancel)).ShouldBe(40 - PasswordSignIn.AttemptsBeforeLock);
    }

    [Fact]
    public async Task DisabledAccount_IsToldSoOnlyWithTheRightPassword()
    {
        await using var hub = await CreateAsync();
        var administrator = await hub.AddAdministratorAsync("ada");
        await hub.AddPersonAsync(administrator, "ben");
        await hub.Get<Administration>().SetDisabledAsync(administrator, "ben", true, Cancel);

        (await CheckAsync(hub, "ben", Password)).Outcome.ShouldBe(SignInOutcome.Disabled);
        (await CheckAsync(hub, "ben", "wrong")).Outcome.ShouldBe(SignInOutcome.Refused);
    }

    [Fact]
    public async Task AccountWithoutPassword_NeverSignsInByPassword()
    {
        await using var hub = await CreateAsync();
        var link = await hub.Get<FirstStart>().IssueAsync(isPersonal: true, Cancel);
        await hub.Get<FirstStart>().CreateAdministratorAsync(Visitor, link!.Key, new NewAccount("ada", null), Cancel);

        (await CheckAsync(hub, "ada", "")).Outcome.ShouldBe(SignInOutcome.Refused);
    }

    [Fact]
    public async Task UnknownName_LeavesNoTraceOfWhatWasTyped()
    {
        await using var hub = await CreateAsync();
        await hub.AddAdministratorAsync("ada");

        await CheckAsync(hub, "my secret phrase", "x");

        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        var entry = await context.AuditEntries.OrderBy(e => e.Id).LastAsync(Cancel);
        (entry.Action, entry.Subject, entry.UserName, entry.Address).ShouldBe(("account.sign-in-refused", "unknown", "anonymous", "192.0.2.7"));
    }

    [Fact]
    public async Task WeakerHash_IsReplacedAtSignIn()
    {
        await using var hub = await CreateAsync();
        await hub.AddAdministratorAsync("ada");
        string? before;
        await using (var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel))
        {
            var user = await context.Users.SingleAsync(Cancel);
            var weak = new PasswordHasher<AdapterHub.Catalog.Database.User>(
                Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = 10 }));
            before = user.PasswordHash = weak.HashPassword(user, Password);
            await context.SaveChangesAsync(Cancel);
        }

        (await CheckAsync(hub, "ada", Password)).Outcome.ShouldBe(SignInOutcome.Accepted);

        await using var after = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        (await after.Users.SingleAsync(Cancel)).PasswordHash.ShouldNotBe(before);
        (await CheckAsync(hub, "ada", Password)).Outcome.ShouldBe(SignInOutcome.Accepted);
    }

    /// <summary>Medians of alternating attempts with the real cost of a hash (tens of milliseconds): a path that skips it would be ten times as fast.</summary>
    [Fact]
    public async Task UnknownName_TakesAsLongAsAKnownOne()
    {
        await using var catalog = await TemporaryCatalog.CreateAsync();
        var first = (await catalog.Get<FirstStart>().IssueAsync(true, Cancel))!;
        await catalog.Get<FirstStart>().CreateAdministratorAsync(Visitor, first.Key, new NewAccount("ada", Password), Cancel);
        var signIn = catalog.Get<PasswordSignIn>();
        List<double> known = [], unknown = [];

        for (var i = 0; i < 9; i++)
        {
            known.Add(await MillisecondsAsync(() => signIn.CheckAsync(Visitor, "ada", "wrong password", Cancel)));
            unknown.Add(await MillisecondsAsync(() => signIn.CheckAsync(Visitor, "eve", "wrong password", Cancel)));
        }

        known.Sort();
        unknown.Sort();
        (unknown[4] / known[4]).ShouldBeInRange(0.5, 2.0);
    }

    private static async Task<double> MillisecondsAsync(Func<Task> deed)
    {
        var watch = Stopwatch.StartNew();
        await deed();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static Task<SignInAnswer> CheckAsync(AccountsFixture hub, string name, string password) =>
        hub.Get<PasswordSignIn>().CheckAsync(Visitor, name, password, Cancel);
}
