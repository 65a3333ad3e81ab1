using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;
using static AdapterHub.Tests.Catalog.Accounts.AccountsFixture;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class FirstStartTests
{
    private static readonly NewAccount Ada = new("ada", Password);

    [Fact]
    public async Task NobodyYet_LinkMakesTheAdministratorAndIsGoodOnce()
    {
        await using var hub = await CreateAsync();
        var start = hub.Get<FirstStart>();
        var link = (await start.IssueAsync(isPersonal: false, Cancel))!;
        (await start.FindAsync(link.Key, Cancel))!.Deed.ShouldBe(FirstStartDeed.CreateAdministrator);

        var account = await start.CreateAdministratorAsync(Visitor, link.Key, Ada, Cancel);

        account.IsAdministrator.ShouldBeTrue();
        (await start.FindAsync(link.Key, Cancel)).ShouldBeNull();
        (await FaultOf(() => start.CreateAdministratorAsync(Visitor, link.Key, new NewAccount("eve", Password), Cancel))).ShouldBe(CatalogFault.Gone);
        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        (await context.Users.CountAsync(Cancel)).ShouldBe(1);
        var entry = await context.AuditEntries.SingleAsync(Cancel);
        (entry.Action, entry.UserName, entry.Address).ShouldBe(("account.create", "ada", "192.0.2.7"));
    }

    [Fact]
    public async Task ManyAtOnce_OneWins()
    {
        await using var hub = await CreateAsync();
        var link = (await hub.Get<FirstStart>().IssueAsync(isPersonal: false, Cancel))!;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                await hub.Get<FirstStart>().CreateAdministratorAsync(Visitor, link.Key, new NewAccount($"ada{i}", Password), Cancel);
                return true;
            }
            catch (CatalogException)
            {
                return false;
            }
        }));

        outcomes.Count(won => won).ShouldBe(1);
    }

    [Theory]
    [InlineData("api", Password)]
    [InlineData("ada", "short")]
    [InlineData("ada", null)]
    public async Task BadForm_LeavesTheLinkGood(string name, string? password)
    {
        await using var hub = await CreateAsync();
        var link = (await hub.Get<FirstStart>().IssueAsync(isPersonal: false, Cancel))!;

        (await FaultOf(() => hub.Get<FirstStart>().CreateAdministratorAsync(Visitor, link.Key, new NewAccount(name, password), Cancel))).ShouldBe(CatalogFault.Invalid);

        (await hub.Get<FirstStart>().CreateAdministratorAsync(Visitor, link.Key, Ada, Cancel)).Name.ShouldBe("ada");
    }

    [Fact]
    public async Task NextStart_VoidsTheLinkBefore()
    {
        await using var hub = await CreateAsync();
        var first = (await hub.Get<FirstStart>().IssueAsync(isPersonal: true, Cancel))!;
        await hub.Get<FirstStart>().IssueAsync(isPersonal: true, Cancel);

        (await FaultOf(() => hub.Get<FirstStart>().CreateAdministratorAsync(Visitor, first.Key, Ada, Cancel))).ShouldBe(CatalogFault.Gone);
    }

    [Fact]
    public async Task AfterADay_LinkIsGone()
    {
        await using var hub = await CreateAsync();
        var link = (await hub.Get<FirstStart>().IssueAsync(isPersonal: true, Cancel))!;
        hub.Time.Step(FirstStart.Life);

        (await FaultOf(() => hub.Get<FirstStart>().CreateAdministratorAsync(Visitor, link.Key, Ada, Cancel))).ShouldBe(CatalogFault.Gone);
    }

    [Fact]
    public async Task PersonalHub_LaterLinksSignTheOwnerInWithoutAPassword()
    {
        await using var hub = await CreateAsync();
        var start = hub.Get<FirstStart>();
        var first = (await start.IssueAsync(isPersonal: true, Cancel))!;
        await start.CreateAdministratorAsync(Visitor, first.Key, new NewAccount("ada", null), Cancel);

        var link = (await start.IssueAsync(isPersonal: true, Cancel))!;

        (await start.FindAsync(link.Key, Cancel)).ShouldBe(new FirstStartOffer(FirstStartDeed.SignIn, true, "ada"));
        (await FaultOf(() => start.CreateAdministratorAsync(Visitor, link.Key, new NewAccount("eve", Password), Cancel))).ShouldBe(CatalogFault.Gone);
        (await start.SignInAsync(Visitor, link.Key, Cancel)).Name.ShouldBe("ada");
        (await FaultOf(() => start.SignInAsync(Visitor, link.Key, Cancel))).ShouldBe(CatalogFault.Gone);
    }

    [Fact]
    public async Task HubOfANetwork_IssuesNoLinkOnceSomebodyExists()
    {
        await using var hub = await CreateAsync();
        await hub.AddAdministratorAsync();

        (await hub.Get<FirstStart>().IssueAsync(isPersonal: false, Cancel)).ShouldBeNull();
        (await FaultOf(() => hub.Get<FirstStart>().SignInAsync(Visitor, "", Cancel))).ShouldBe(CatalogFault.Gone);
    }

    [Fact]
    public async Task Link_IsNotInTheDatabase()
    {
        await using var hub = await CreateAsync();
        var link = (await hub.Get<FirstStart>().IssueAsync(isPersonal: true, Cancel))!;
        link.Key.Length.ShouldBe(43);
        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);

        (await context.Invitations.AnyAsync(Cancel)).ShouldBeFalse();
        (await context.Set<Session>().AnyAsync(Cancel)).ShouldBeFalse();
    }
}
