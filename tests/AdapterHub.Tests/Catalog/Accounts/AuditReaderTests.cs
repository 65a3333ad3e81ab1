using AdapterHub.Catalog.Accounts;
using static AdapterHub.Tests.Catalog.Accounts.AccountsFixture;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class AuditReaderTests
{
    [Fact]
    public async Task Pages_FollowTheCursorWithoutGapsOrRepeats()
    {
        await using var hub = await CreateAsync();
        var ada = await FilledAsync(hub, 23);
        var reader = hub.Get<AuditReader>();
        List<string> seen = [];
        long? before = null;

        do
        {
            var page = await reader.ListAsync(ada, new AuditQuery { Subject = "thing", Before = before, Take = 10 }, Cancel);
            seen.AddRange(page.Entries.Select(e => e.Subject));
            before = page.Older;
        }
        while (before is not null);

        seen.ShouldBe(Enumerable.Range(0, 23).Reverse().Select(i => $"thing_{i}"));
    }

    [Fact]
    public async Task Filters_AreTakenLiterally()
    {
        await using var hub = await CreateAsync();
        var ada = await FilledAsync(hub, 12);
        var reader = hub.Get<AuditReader>();
        var start = hub.Time.GetUtcNow() - TimeSpan.FromMinutes(12);

        (await CountAsync(new AuditQuery { Subject = "thing_1" })).ShouldBe(3);
        (await CountAsync(new AuditQuery { Subject = "thing%" })).ShouldBe(0);
        (await CountAsync(new AuditQuery { Action = "test.even" })).ShouldBe(6);
        (await CountAsync(new AuditQuery { Action = "test." })).ShouldBe(12);
        (await CountAsync(new AuditQuery { Action = "t%" })).ShouldBe(0);
        (await CountAsync(new AuditQuery { User = "ADA", Action = "test." })).ShouldBe(12);
        (await CountAsync(new AuditQuery { User = "ad" })).ShouldBe(0);
        (await CountAsync(new AuditQuery { Action = "test.", From = start + TimeSpan.FromMinutes(2), Until = start + TimeSpan.FromMinutes(5) })).ShouldBe(3);

        async Task<int> CountAsync(AuditQuery query) => (await reader.ListAsync(ada, query, Cancel)).Entries.Count;
    }

    [Fact]
    public async Task OwnActivity_ShowsWhatWasTriedOnTheAccount_AndNothingOfOthers()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var ben = await hub.AddPersonAsync(ada, "ben");
        await hub.Get<PasswordSignIn>().CheckAsync(Visitor, "ben", "wrong", Cancel);
        await hub.Get<PasswordSignIn>().CheckAsync(Visitor, "ada", "wrong", Cancel);

        var own = await hub.Get<AuditReader>().ListOwnAsync(ben, null, 50, Cancel);

        own.Entries.Select(e => (e.Action, e.Subject)).ShouldBe([("account.sign-in-refused", "ben"), ("account.create", "ben")]);
    }

    private static async Task<Actor> FilledAsync(AccountsFixture hub, int entries)
    {
        var ada = await hub.AddAdministratorAsync("ada");
        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        for (var i = 0; i < entries; i++)
        {
            AuditLog.Add(context, ada, i % 2 == 0 ? "test.even" : "test.odd", $"thing_{i}", null, hub.Time.GetUtcNow());
            hub.Time.Step(TimeSpan.FromMinutes(1));
            await context.SaveChangesAsync(Cancel);
        }

        return ada;
    }
}
