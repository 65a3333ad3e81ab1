using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Tests.Catalog.Publishing;

public sealed class RevisionInspectionsTests : IAsyncLifetime
{
    private TemporaryCatalog _catalog = null!;
    private Actor _ada = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RevisionInspections Inspections => _catalog.Get<RevisionInspections>();

    public async ValueTask InitializeAsync()
    {
        _catalog = await TemporaryCatalog.CreateAsync();
        _ada = await _catalog.AddUserAsync("ada");
    }

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    [Fact]
    public async Task PublishedAdapter_HasItsAnatomyWithoutReadingTheFilesAgain()
    {
        var name = await _catalog.PublishSeedAsync(_ada, "ada/kj", RepositoryKind.Adapter, SeedFiles.Adapter);
        DeleteBlobs();

        var anatomy = (await Inspections.GetAnatomyAsync(_ada, name, null, Cancel)).ShouldNotBeNull();

        (anatomy.Parameters, anatomy.Modules.Count).ShouldBe((337_920, 56));
        anatomy.Norm.ShouldBeGreaterThan(0);
        (await Inspections.GetFactsAsync(Actor.Anonymous, name, null, Cancel))!.HighestRank.ShouldBe(8);
        (await Inspections.GetReportAsync(_ada, name, null, Cancel)).Files.Coverage.ShouldBeNull("its base is not here");
    }

    [Fact]
    public async Task LostInspections_AreMadeAgain()
    {
        var name = await _catalog.PublishSeedAsync(_ada, "ada/kj", RepositoryKind.Adapter, SeedFiles.Adapter);
        var before = await ThumbnailAsync(name);
        await using (var context = await _catalog.Contexts.CreateDbContextAsync(Cancel))
            (await context.Inspections.ExecuteDeleteAsync(Cancel)).ShouldBeGreaterThan(2);

        (await ThumbnailAsync(name)).ShouldBe(before);
        (await Inspections.GetAnatomyAsync(_ada, name, null, Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Listing_NamesTheTensorsOfAFile()
    {
        var name = await _catalog.PublishSeedAsync(_ada, "ada/kj", RepositoryKind.Adapter, SeedFiles.Adapter);

        var listing = (await Inspections.GetListingAsync(_ada, name, null, "adapter_model.safetensors", Cancel)).ShouldNotBeNull();

        (listing.Tensors.Count, listing.Parameters, listing.Dtypes.Single().Dtype).ShouldBe((112, 337_920, "BF16"));
        (await Inspections.GetListingAsync(_ada, name, null, "README.md", Cancel)).ShouldBeNull();
        (await Should.ThrowAsync<CatalogException>(() => Inspections.GetListingAsync(_ada, name, null, "absent", Cancel))).Fault.ShouldBe(CatalogFault.NotFound);
    }

    [Fact]
    public async Task Thumbnails_AreDifferentForDifferentThings()
    {
        var names = new[]
        {
            await _catalog.PublishSeedAsync(_ada, "ada/one", RepositoryKind.Adapter, SeedFiles.Adapter),
            await _catalog.PublishSeedAsync(_ada, "ada/two", RepositoryKind.Adapter, "adapters/state-of-the-union"),
            await _catalog.PublishSeedAsync(_ada, "ada/model", RepositoryKind.BaseModel, SeedFiles.BaseModel),
            await _catalog.PublishSeedAsync(_ada, "ada/data", RepositoryKind.Dataset, SeedFiles.Dataset),
        };

        var pictures = new List<Thumbnail>();
        foreach (var name in names)
            pictures.Add(await ThumbnailAsync(name));

        pictures.Select(picture => picture.Svg).Distinct().Count().ShouldBe(4);
        pictures.Select(picture => picture.Version).Distinct().Count().ShouldBe(4);
        pictures.ShouldAllBe(picture => picture.Svg.StartsWith("<svg") && !picture.Svg.Contains("<script"));
    }

    [Fact]
    public async Task DatasetPreview_ShowsTheFirstRowsOfTheChosenFile()
    {
        var name = await _catalog.PublishSeedAsync(_ada, "ada/data", RepositoryKind.Dataset, SeedFiles.Dataset);

        var look = await Inspections.GetDatasetPreviewAsync(_ada, name, null, null, 5, Cancel);

        (look.Path, look.Files.Count, look.Preview!.Rows.Count).ShouldBe(("test.jsonl", 2, 5));
        look.Preview.Columns.ShouldBe(["prompt", "completion"]);
        (await Inspections.GetDatasetPreviewAsync(_ada, name, null, "train.jsonl", 5, Cancel)).Preview!.RowCount.ShouldBe(898);
        (await Should.ThrowAsync<CatalogException>(() => Inspections.GetDatasetPreviewAsync(_ada, name, null, "README.md", 5, Cancel))).Fault.ShouldBe(CatalogFault.NotFound);
    }

    [Fact]
    public async Task WhatAStrangerMayNotSee_DoesNotExist()
    {
        var eve = await _catalog.AddUserAsync("eve");
        var name = await _catalog.PublishSeedAsync(_ada, "ada/kj", RepositoryKind.Adapter, SeedFiles.Adapter, RepositoryVisibility.Private);
        var id = (await _catalog.Get<RepositoryCatalog>().GetAsync(_ada, name, Cancel)).Id;

        foreach (var deed in new Func<Task>[]
        {
            () => Inspections.GetAnatomyAsync(eve, name, null, Cancel),
            () => Inspections.GetListingAsync(eve, name, null, "adapter_model.safetensors", Cancel),
            () => Inspections.GetThumbnailAsync(eve, id, Cancel),
            () => Inspections.GetReportAsync(eve, name, null, Cancel),
            () => Inspections.GetDatasetPreviewAsync(eve, name, null, null, 5, Cancel),
        })
            (await Should.ThrowAsync<CatalogException>(deed)).Fault.ShouldBe(CatalogFault.NotFound);
    }

    [Fact]
    public async Task WhatIsKnownOfBytesThatAreGone_GoesWithThem()
    {
        var name = await _catalog.PublishSeedAsync(_ada, "ada/kj", RepositoryKind.Adapter, SeedFiles.Adapter);
        await Inspections.GetListingAsync(_ada, name, null, "adapter_model.safetensors", Cancel);
        await ThumbnailAsync(name);
        (await KeysAsync()).ShouldBe(["anatomy", "listing", "thumbnail", "upload"]);
        await _catalog.Get<OrphanCollector>().CollectAsync(Actor.Hub, null, Cancel);
        (await KeysAsync()).Count.ShouldBe(4);

        await _catalog.Get<RepositoryCatalog>().TrashAsync(_ada, name, Cancel);
        await _catalog.Get<RepositoryCatalog>().PurgeAsync(_ada, name, Cancel);
        await _catalog.Get<OrphanCollector>().CollectAsync(Actor.Hub, TimeSpan.FromSeconds(-1), Cancel);

        (await KeysAsync()).ShouldBeEmpty();
    }

    private async Task<List<string>> KeysAsync()
    {
        await using var context = await _catalog.Contexts.CreateDbContextAsync(Cancel);
        return [.. (await context.Inspections.Select(inspection => inspection.Key).ToListAsync(Cancel)).Select(key => key.Split(':')[0]).Order(StringComparer.Ordinal)];
    }

    private async Task<Thumbnail> ThumbnailAsync(RepositoryName name) =>
        await Inspections.GetThumbnailAsync(_ada, (await _catalog.Get<RepositoryCatalog>().GetAsync(_ada, name, Cancel)).Id, Cancel);

    private void DeleteBlobs()
    {
        foreach (var file in Directory.EnumerateFiles(_catalog.Paths.Blobs, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 100_000))
            File.Delete(file);
    }
}
