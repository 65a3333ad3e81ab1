using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using static AdapterHub.Tests.Catalog.Accounts.AccountsFixture;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class QuotasTests
{
    [Fact]
    public async Task Used_CountsEveryBlobOfTheOwnerOnce()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var one = await RepositoryAsync(hub, ada, "ada/one");
        var two = await RepositoryAsync(hub, ada, "ada/two");
        await hub.Catalog.AddCommitAsync(one, 100);
        await hub.Catalog.AddCommitAsync(one, 30);
        await hub.Catalog.AddCommitAsync(two, 100);
        await hub.Get<Quotas>().SetAsync(ada, "ADA", 150, Cancel);

        var state = await hub.Get<Quotas>().GetAsync(ada, "ada", Cancel);

        (state.UsedBytes, state.LimitBytes, state.FreeBytes).ShouldBe((130, 150, 20));
    }

    [Fact]
    public async Task Settings_AreTheLimitsThatPublishingReads()
    {
        await using var hub = await CreateAsync();
        await hub.Get<HubSettingsStore>().UpdateAsync(Actor.Hub, new HubSettings { DefaultQuotaBytes = 10, MaximumFileBytes = 5 }, Cancel);

        (await hub.Get<StorageLimitsSource>()(Cancel)).ShouldBe(new StorageLimits(10, 5));
    }

    [Fact]
    public async Task OwnLimit_WinsOverTheHubs_AndNoneIsNone()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var quotas = hub.Get<Quotas>();
        (await quotas.GetAsync(ada, "ada", Cancel)).LimitBytes.ShouldBeNull();

        await hub.Get<HubSettingsStore>().UpdateAsync(ada, new HubSettings { DefaultQuotaBytes = 10 }, Cancel);
        (await quotas.GetAsync(ada, "ada", Cancel)).LimitBytes.ShouldBe(10);
        await quotas.SetAsync(ada, "ada", 20, Cancel);

        (await quotas.GetAsync(ada, "ada", Cancel)).LimitBytes.ShouldBe(20);
    }

    [Fact]
    public async Task StorageOfOthers_IsHidden_AndOnlyAdministratorsSetLimits()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var ben = await hub.AddPersonAsync(ada, "ben");

        (await FaultOf(() => hub.Get<Quotas>().GetAsync(ben, "ada", Cancel))).ShouldBe(CatalogFault.NotFound);
        (await FaultOf(() => hub.Get<Quotas>().SetAsync(ben, "ben", null, Cancel))).ShouldBe(CatalogFault.Forbidden);
        (await hub.Get<Quotas>().GetAsync(ada, "ben", Cancel)).UsedBytes.ShouldBe(0);
    }

    private static async Task<long> RepositoryAsync(AccountsFixture hub, Actor actor, string name) => (await hub.Get<RepositoryCatalog>().CreateAsync(
        actor, new NewRepository(RepositoryName.Parse(name), RepositoryKind.Adapter, RepositoryVisibility.Public), Cancel)).Id;
}
