using AdapterHub.Catalog.Publishing;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Integration.Tests.Hub;

public sealed class SeedStartTests
{
    [Fact]
    public async Task NewHub_OffersItsSeedsToEverybody()
    {
        await using var hub = await RunningHub.StartSeededAsync(Path.Combine(Repository.Root, "data/seed"));
        var client = hub.As(null);
        (await client.ReadAsync("/api/hub/repositories?owner=adapterhub", HubJson.Default.HubSearchPage)).Total.ShouldBe(7);

        var adapter = await client.ReadAsync("/api/hub/repositories/adapterhub/king-james", HubJson.Default.HubRepository);

        (adapter.Name, adapter.BaseRepository).ShouldBe(("adapterhub/king-james", "adapterhub/inkwell"));
        (await hub.Get<SeedImport>().ImportAsync(Path.Combine(Repository.Root, "data/seed"), RunningHub.Cancel)).Published.ShouldBeEmpty();
    }
}
