using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Tests.Catalog.Publishing;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Tests.Catalog.Storage;

public sealed class HousekeepingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TrashThatIsOldEnough_GoesWithItsBytes()
    {
        var time = new ManualTime();
        await using var catalog = await TemporaryCatalog.CreateAsync(services => services.AddSingleton<TimeProvider>(time));
        var ada = await catalog.AddUserAsync("ada");
        var name = await catalog.PublishSeedAsync(ada, "ada/data", RepositoryKind.Dataset, SeedFiles.Dataset);
        var kept = await catalog.PublishSeedAsync(ada, "ada/kept", RepositoryKind.Dataset, "datasets/king-james-wisdom");
        await catalog.Get<RepositoryCatalog>().TrashAsync(ada, name, Cancel);

        time.Advance(RepositoryCatalog.TrashTime - TimeSpan.FromHours(1));
        (await catalog.Get<Housekeeping>().RunAsync(Cancel)).Purged.ShouldBeEmpty();
        time.Advance(TimeSpan.FromHours(2));
        var report = await catalog.Get<Housekeeping>().RunAsync(Cancel);

        report.Purged.ShouldBe(["ada/data"]);
        report.Collected.Bytes.ShouldBe(Directory.EnumerateFiles(SeedFiles.PathOf(SeedFiles.Dataset)).Sum(file => new FileInfo(file).Length));
        (await catalog.Get<RepositoryCatalog>().FindAsync(ada, kept, Cancel)).ShouldNotBeNull();
    }
}
