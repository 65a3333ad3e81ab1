using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using static AdapterHub.Tests.Catalog.Accounts.AccountsFixture;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class OrganizationsTests
{
    [Fact]
    public async Task Founder_IsOwner_AndMembersHaveTheirRoles()
    {
        await using var hub = await CreateAsync();
        var (_, ben, eve) = await LabAsync(hub);

        var lab = await hub.Get<Organizations>().GetAsync(eve, "LAB", Cancel);

        lab.Role.ShouldBe(AccessRole.Reader);
        lab.Members.Select(m => (m.UserName, m.Role)).ShouldBe([("ben", AccessRole.Owner), ("eve", AccessRole.Reader)]);
        (await hub.Get<Organizations>().ListAsync(ben, Cancel)).ShouldBe([new OrganizationSummary("lab", "The Lab", AccessRole.Owner, 2)]);
        (await hub.Get<OwnerDirectory>().ListWritableAsync(ben, Cancel)).Select(o => o.Name).ShouldBe(["ben", "lab"]);
        (await hub.Get<OwnerDirectory>().ListWritableAsync(eve, Cancel)).Select(o => o.Name).ShouldBe(["eve"]);
    }

    [Fact]
    public async Task LastOwner_CannotLeaveOrStepDown_UntilThereIsAnother()
    {
        await using var hub = await CreateAsync();
        var (_, ben, _) = await LabAsync(hub);
        var organizations = hub.Get<Organizations>();

        (await FaultOf(() => organizations.RemoveMemberAsync(ben, "lab", "ben", Cancel))).ShouldBe(CatalogFault.Conflict);
        (await FaultOf(() => organizations.SetMemberAsync(ben, "lab", "ben", AccessRole.Writer, Cancel))).ShouldBe(CatalogFault.Conflict);
        await organizations.SetMemberAsync(ben, "lab", "eve", AccessRole.Owner, Cancel);
        await organizations.RemoveMemberAsync(ben, "lab", "ben", Cancel);

        (await FaultOf(() => organizations.GetAsync(ben, "lab", Cancel))).ShouldBe(CatalogFault.NotFound);
    }

    [Fact]
    public async Task Strangers_SeeNothing_AndReadersChangeNothingButLeave()
    {
        await using var hub = await CreateAsync();
        var (ada, _, eve) = await LabAsync(hub);
        var stranger = await hub.AddPersonAsync(ada, "zoe");
        var organizations = hub.Get<Organizations>();

        (await FaultOf(() => organizations.GetAsync(stranger, "lab", Cancel))).ShouldBe(CatalogFault.NotFound);
        (await FaultOf(() => organizations.GetAsync(Actor.Anonymous, "lab", Cancel))).ShouldBe(CatalogFault.NotFound);
        (await FaultOf(() => organizations.SetMemberAsync(stranger, "lab", "zoe", AccessRole.Owner, Cancel))).ShouldBe(CatalogFault.NotFound);
        (await FaultOf(() => organizations.SetMemberAsync(eve, "lab", "eve", AccessRole.Owner, Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await FaultOf(() => organizations.RemoveMemberAsync(eve, "lab", "ben", Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await FaultOf(() => organizations.UpdateProfileAsync(eve, "lab", "x", null, Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await FaultOf(() => organizations.DeleteAsync(eve, "lab", Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await FaultOf(() => organizations.CreateAsync(eve with { Scope = ActorScope.Read }, "other", null, Cancel))).ShouldBe(CatalogFault.Forbidden);
        await organizations.RemoveMemberAsync(eve, "lab", "eve", Cancel);
    }

    [Fact]
    public async Task Dissolved_NeedsNoRepositories_AndKeepsItsNameTaken()
    {
        await using var hub = await CreateAsync();
        var (ada, ben, _) = await LabAsync(hub);
        var name = RepositoryName.Parse("lab/one");
        await hub.Get<RepositoryCatalog>().CreateAsync(ben, new NewRepository(name, RepositoryKind.Adapter, RepositoryVisibility.Public), Cancel);
        var organizations = hub.Get<Organizations>();
        (await FaultOf(() => organizations.DeleteAsync(ben, "lab", Cancel))).ShouldBe(CatalogFault.Conflict);
        await hub.Get<RepositoryCatalog>().TrashAsync(ben, name, Cancel);
        await hub.Get<RepositoryCatalog>().PurgeAsync(ben, name, Cancel);

        await organizations.DeleteAsync(ben, "lab", Cancel);

        (await FaultOf(() => organizations.GetAsync(ada, "lab", Cancel))).ShouldBe(CatalogFault.NotFound);
        (await hub.Get<OwnerDirectory>().FindAsync(ada, "lab", Cancel)).ShouldBeNull();
        (await FaultOf(() => organizations.CreateAsync(ada, "lab", null, Cancel))).ShouldBe(CatalogFault.Conflict);
    }

    [Fact]
    public async Task Founding_CanBeLeftToAdministrators()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var ben = await hub.AddPersonAsync(ada, "ben");
        await hub.Get<HubSettingsStore>().UpdateAsync(ada, new HubSettings { AnyoneFoundsOrganizations = false }, Cancel);

        (await FaultOf(() => hub.Get<Organizations>().CreateAsync(ben, "lab", null, Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await hub.Get<Organizations>().CreateAsync(ada, "lab", null, Cancel)).Role.ShouldBe(AccessRole.Owner);
    }

    [Fact]
    public async Task Profile_IsForEverybody_WithMembersAndTheActorsRole()
    {
        await using var hub = await CreateAsync();
        var (_, ben, _) = await LabAsync(hub);
        await hub.Get<Organizations>().UpdateProfileAsync(ben, "lab", "Laboratory", " We train.\r\nAt night. ", Cancel);

        var seen = (await hub.Get<OwnerDirectory>().FindAsync(Actor.Anonymous, "Lab", Cancel))!;

        (seen.Name, seen.Kind, seen.DisplayName, seen.About, seen.Role).ShouldBe(("lab", OwnerKind.Organization, "Laboratory", "We train.\nAt night.", AccessRole.None));
        seen.Related.Select(o => o.Name).ShouldBe(["ben", "eve"]);
        (await hub.Get<OwnerDirectory>().FindAsync(ben, "eve", Cancel))!.Related.Select(o => o.Name).ShouldBe(["lab"]);
    }

    private static async Task<(Actor Ada, Actor Ben, Actor Eve)> LabAsync(AccountsFixture hub)
    {
        var ada = await hub.AddAdministratorAsync("ada");
        var (ben, eve) = (await hub.AddPersonAsync(ada, "ben"), await hub.AddPersonAsync(ada, "eve"));
        await hub.Get<Organizations>().CreateAsync(ben, "lab", "The Lab", Cancel);
        await hub.Get<Organizations>().SetMemberAsync(ben, "lab", "eve", AccessRole.Reader, Cancel);
        return (ada, ben, eve);
    }
}
