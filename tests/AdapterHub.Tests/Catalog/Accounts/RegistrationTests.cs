using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using Microsoft.EntityFrameworkCore;
using static AdapterHub.Tests.Catalog.Accounts.AccountsFixture;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class RegistrationTests
{
    [Fact]
    public async Task OpenHubWithoutAnAdministrator_RegistersNobody()
    {
        await using var hub = await CreateAsync();
        await hub.Get<HubSettingsStore>().UpdateAsync(Actor.Hub, new HubSettings { Registration = RegistrationMode.Open }, Cancel);

        (await FaultOf(() => RegisterAsync(hub, "eve"))).ShouldBe(CatalogFault.Forbidden);
    }

    [Theory]
    [InlineData(RegistrationMode.Closed, CatalogFault.Forbidden)]
    [InlineData(RegistrationMode.ByInvitation, CatalogFault.Forbidden)]
    [InlineData(RegistrationMode.Open, null)]
    public async Task WithoutInvitation_TheModeDecides(RegistrationMode mode, CatalogFault? fault)
    {
        await using var hub = await CreateAsync();
        var administrator = await hub.AddAdministratorAsync();
        await hub.Get<HubSettingsStore>().UpdateAsync(administrator, new HubSettings { Registration = mode }, Cancel);

        if (fault is { } expected)
            (await FaultOf(() => RegisterAsync(hub, "ben"))).ShouldBe(expected);
        else
            (await RegisterAsync(hub, "ben")).ShouldSatisfyAllConditions(account => account.Name.ShouldBe("ben"), account => account.IsAdministrator.ShouldBeFalse());
    }

    [Fact]
    public async Task Invitation_IsGoodOnce_UntilItExpires_UnlessTakenBack()
    {
        await using var hub = await CreateAsync();
        var administrator = await hub.AddAdministratorAsync();
        var invitations = hub.Get<Invitations>();
        var used = await invitations.CreateAsync(administrator, "for Ben", TimeSpan.FromDays(7), Cancel);
        var late = await invitations.CreateAsync(administrator, null, TimeSpan.FromDays(7), Cancel);
        var revoked = await invitations.CreateAsync(administrator, null, TimeSpan.FromDays(7), Cancel);

        await RegisterAsync(hub, "ben", used.Key);
        await invitations.RevokeAsync(administrator, revoked.View.Id, Cancel);
        hub.Time.Step(TimeSpan.FromDays(7));

        foreach (var key in new[] { used.Key, late.Key, revoked.Key, "", "nonsense", new string('x', 100_000) })
            (await FaultOf(() => RegisterAsync(hub, "eve", key))).ShouldBe(CatalogFault.Gone);
        var listed = await invitations.ListAsync(administrator, Cancel);
        listed.Single(i => i.Id == used.View.Id).ShouldSatisfyAllConditions(i => i.UsedBy.ShouldBe("ben"), i => i.Note.ShouldBe("for Ben"));
        (await FaultOf(() => invitations.RevokeAsync(administrator, used.View.Id, Cancel))).ShouldBe(CatalogFault.Conflict);
    }

    [Fact]
    public async Task ClosedHub_TakesNoInvitationEither()
    {
        await using var hub = await CreateAsync();
        var administrator = await hub.AddAdministratorAsync();
        var invitation = await hub.Get<Invitations>().CreateAsync(administrator, null, TimeSpan.FromDays(1), Cancel);
        await hub.Get<HubSettingsStore>().UpdateAsync(administrator, new HubSettings { Registration = RegistrationMode.Closed }, Cancel);

        (await FaultOf(() => RegisterAsync(hub, "ben", invitation.Key))).ShouldBe(CatalogFault.Forbidden);
    }

    [Fact]
    public async Task OneInvitation_ManyAtOnce_RegistersOne()
    {
        await using var hub = await CreateAsync();
        var administrator = await hub.AddAdministratorAsync();
        var invitation = await hub.Get<Invitations>().CreateAsync(administrator, null, TimeSpan.FromDays(1), Cancel);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            try
            {
                await RegisterAsync(hub, $"ben{i}", invitation.Key);
            }
            catch (CatalogException)
            {
                // All but one.
            }
        }));

        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        (await context.Users.CountAsync(Cancel)).ShouldBe(2);
    }

    [Fact]
    public async Task RefusedName_LeavesNoOwnerAndTheInvitationGood()
    {
        await using var hub = await CreateAsync();
        var administrator = await hub.AddAdministratorAsync();
        var invitation = await hub.Get<Invitations>().CreateAsync(administrator, null, TimeSpan.FromDays(1), Cancel);

        (await FaultOf(() => hub.Get<Registration>().RegisterAsync(Visitor, new NewAccount("ben", "password123"), invitation.Key, Cancel))).ShouldBe(CatalogFault.Invalid);

        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        (await context.Owners.AnyAsync(o => o.Name == "ben", Cancel)).ShouldBeFalse();
        (await RegisterAsync(hub, "ben", invitation.Key)).Name.ShouldBe("ben");
    }

    [Fact]
    public async Task Names_AreOneSpaceWithOrganisations_WithoutRegardToCase()
    {
        await using var hub = await CreateAsync();
        var administrator = await hub.AddAdministratorAsync();
        await hub.AddPersonAsync(administrator, "Ben");
        await hub.Get<Organizations>().CreateAsync(administrator, "Lab", null, Cancel);

        (await FaultOf(() => hub.AddPersonAsync(administrator, "LAB"))).ShouldBe(CatalogFault.Conflict);
        (await FaultOf(() => hub.AddPersonAsync(administrator, "bEN"))).ShouldBe(CatalogFault.Conflict);
        (await FaultOf(() => hub.Get<Organizations>().CreateAsync(administrator, "ben", null, Cancel))).ShouldBe(CatalogFault.Conflict);
    }

    [Fact]
    public async Task PasswordLink_SetsANewPasswordOnce_EndsSessions_AndRegistersNobody()
    {
        await using var hub = await CreateAsync();
        var administrator = await hub.AddAdministratorAsync();
        var ben = await hub.AddPersonAsync(administrator, "ben");
        var session = await hub.StartSessionAsync(ben);
        var link = await hub.Get<Invitations>().CreatePasswordLinkAsync(administrator, "BEN", TimeSpan.FromHours(1), Cancel);

        (await FaultOf(() => RegisterAsync(hub, "eve", link.Key))).ShouldBe(CatalogFault.Gone);
        await hub.Get<Invitations>().SetPasswordAsync(Visitor, link.Key, "another good phrase", Cancel);

        (await hub.SessionActorAsync(session)).ShouldBeNull();
        (await hub.Get<PasswordSignIn>().CheckAsync(Visitor, "ben", Password, Cancel)).Outcome.ShouldBe(SignInOutcome.Refused);
        (await hub.Get<PasswordSignIn>().CheckAsync(Visitor, "ben", "another good phrase", Cancel)).Outcome.ShouldBe(SignInOutcome.Accepted);
        (await FaultOf(() => hub.Get<Invitations>().SetPasswordAsync(Visitor, link.Key, "yet another phrase", Cancel))).ShouldBe(CatalogFault.Gone);
    }

    [Fact]
    public async Task Invitations_AreForAdministratorsInABrowser()
    {
        await using var hub = await CreateAsync();
        var administrator = await hub.AddAdministratorAsync();
        var ben = await hub.AddPersonAsync(administrator, "ben");
        var invitations = hub.Get<Invitations>();

        (await FaultOf(() => invitations.CreateAsync(ben, null, TimeSpan.FromDays(1), Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await FaultOf(() => invitations.CreateAsync(Actor.Anonymous, null, TimeSpan.FromDays(1), Cancel))).ShouldBe(CatalogFault.SignInRequired);
        (await FaultOf(() => invitations.ListAsync(administrator with { Scope = ActorScope.Write }, Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await FaultOf(() => invitations.CreatePasswordLinkAsync(ben, "root-ada", TimeSpan.FromDays(1), Cancel))).ShouldBe(CatalogFault.Forbidden);
    }

    private static Task<Account> RegisterAsync(AccountsFixture hub, string name, string? key = null) =>
        hub.Get<Registration>().RegisterAsync(Visitor, new NewAccount(name, Password), key, Cancel);
}
