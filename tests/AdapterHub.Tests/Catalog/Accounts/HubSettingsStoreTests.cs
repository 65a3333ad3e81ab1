using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using Microsoft.EntityFrameworkCore;
using static AdapterHub.Tests.Catalog.Accounts.AccountsFixture;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class HubSettingsStoreTests
{
    [Fact]
    public async Task Written_IsReadBack_AlsoByAnotherProcess()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync();
        var settings = new HubSettings
        {
            Name = "Our hub", Registration = RegistrationMode.Open, AnonymousReading = false, AnyoneFoundsOrganizations = false,
            DefaultQuotaBytes = 5L << 40, MaximumFileBytes = 1 << 20,
        };

        await hub.Get<HubSettingsStore>().UpdateAsync(ada, settings with { Name = "  Our hub " }, Cancel);

        (await hub.Get<HubSettingsStore>().GetAsync(Cancel)).ShouldBe(settings);
        (await new HubSettingsStore(hub.Catalog.Contexts, hub.Time).GetAsync(Cancel)).ShouldBe(settings);
        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        (await context.AuditEntries.SingleAsync(e => e.Action == "settings.change", Cancel)).Details!.ShouldContain("registration: ByInvitation -> Open");
    }

    [Fact]
    public async Task BackToDefaults_LeavesNoRows()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync();
        await hub.Get<HubSettingsStore>().UpdateAsync(ada, new HubSettings { Name = "x" }, Cancel);

        await hub.Get<HubSettingsStore>().UpdateAsync(ada, new HubSettings(), Cancel);

        await using var context = await hub.Catalog.Contexts.CreateDbContextAsync(Cancel);
        (await context.Settings.AnyAsync(Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task Nonsense_IsRefusedWithEveryFinding()
    {
        await using var hub = await CreateAsync();
        var refused = await Should.ThrowAsync<CatalogException>(() => hub.Get<HubSettingsStore>().UpdateAsync(
            Actor.Hub, new HubSettings { Name = " ", DefaultQuotaBytes = -1, MaximumFileBytes = 0 }, Cancel));

        refused.Fault.ShouldBe(CatalogFault.Invalid);
        refused.Details.Count.ShouldBe(3);
    }
}
