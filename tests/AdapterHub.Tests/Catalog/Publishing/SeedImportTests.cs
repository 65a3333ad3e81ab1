using System.Diagnostics;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Tests.Formats;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Tests.Catalog.Publishing;

public sealed class SeedImportTests : IAsyncLifetime
{
    private static readonly RepositoryName Dataset = RepositoryName.Parse("adapterhub/words");
    private readonly TemporaryFolder _seeds = new();
    private TemporaryCatalog _catalog = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private SeedImport Seeds => _catalog.Get<SeedImport>();

    private RepositoryCatalog Repositories => _catalog.Get<RepositoryCatalog>();

    public async ValueTask InitializeAsync() => _catalog = await TemporaryCatalog.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        _seeds.Dispose();
    }

    [Fact]
    public async Task TheProgramsOwnSeeds_AreAllThereAndBelongTogether()
    {
        var watch = Stopwatch.StartNew();
        var report = await Seeds.ImportAsync(SeedFiles.Folder, Cancel);
        TestContext.Current.TestOutputHelper?.WriteLine($"first import: {watch.Elapsed.TotalSeconds:0.00} s");

        report.Problems.ShouldBeEmpty();
        report.Published.Count.ShouldBe(7);
        var adapter = await Repositories.GetAsync(Actor.Anonymous, RepositoryName.Parse("adapterhub/king-james"), Cancel);
        (adapter.BaseRepository.ToString(), adapter.License).ShouldBe(("adapterhub/inkwell", "cc0-1.0"));
        (await Repositories.GetAsync(Actor.Anonymous, RepositoryName.Parse("adapterhub/devils-dictionary"), Cancel)).Kind.ShouldBe(RepositoryKind.Adapter);
        (await Repositories.GetAsync(Actor.Anonymous, RepositoryName.Parse("adapterhub/devils-dictionary-dataset"), Cancel)).Kind.ShouldBe(RepositoryKind.Dataset);
        watch.Restart();
        (await Seeds.ImportAsync(SeedFiles.Folder, Cancel)).Published.ShouldBeEmpty();
        TestContext.Current.TestOutputHelper?.WriteLine($"second import: {watch.Elapsed.TotalSeconds:0.000} s");
        (await _catalog.Get<CatalogCheck>().RunAsync(Actor.Hub, readBytes: true, Cancel)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task ChangedSeed_BecomesANewRevision()
    {
        await WriteAsync("one");
        await WriteAsync("gone", "old.txt");
        await Seeds.ImportAsync(_seeds.Path, Cancel);
        await WriteAsync("two");
        File.Delete(Path.Combine(_seeds.Path, "datasets/words/old.txt"));

        (await Seeds.ImportAsync(_seeds.Path, Cancel)).Published.ShouldBe(["adapterhub/words"]);

        (await _catalog.Get<RevisionReader>().ListCommitsAsync(Actor.Anonymous, Dataset, null, 0, 10, Cancel)).Count.ShouldBe(2);
        (await _catalog.Get<RevisionReader>().GetRevisionAsync(Actor.Anonymous, Dataset, null, Cancel)).Files.Select(file => file.Path).ShouldBe(["README.md", "a.txt"]);
    }

    [Fact]
    public async Task TouchedSeed_IsNoNewRevision()
    {
        await WriteAsync("one");
        await Seeds.ImportAsync(_seeds.Path, Cancel);
        await WriteAsync("one");

        (await Seeds.ImportAsync(_seeds.Path, Cancel)).Published.ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatPeopleDidToASeed_StaysAsTheyWantIt()
    {
        await WriteAsync("one");
        await Seeds.ImportAsync(_seeds.Path, Cancel);
        await Repositories.TrashAsync(Actor.Hub, Dataset, Cancel);
        (await Seeds.ImportAsync(_seeds.Path, Cancel)).Published.ShouldBeEmpty();
        await WriteAsync("two");
        (await Seeds.ImportAsync(_seeds.Path, Cancel)).Problems.ShouldHaveSingleItem();
        await Repositories.PurgeAsync(Actor.Hub, Dataset, Cancel);
        await WriteAsync("three");

        (await Seeds.ImportAsync(_seeds.Path, Cancel)).Published.ShouldBeEmpty();
        (await Repositories.FindAsync(Actor.Hub, Dataset, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task ChangedSettings_DoNotForgetTheSeeds()
    {
        await WriteAsync("one");
        await Seeds.ImportAsync(_seeds.Path, Cancel);
        await Repositories.TrashAsync(Actor.Hub, Dataset, Cancel);
        await Repositories.PurgeAsync(Actor.Hub, Dataset, Cancel);
        var boss = await _catalog.AddUserAsync("boss", administrator: true);
        await _catalog.Get<HubSettingsStore>().UpdateAsync(boss, new HubSettings { Name = "Ours" }, Cancel);

        await using var restarted = _catalog.Restart();
        (await restarted.GetRequiredService<SeedImport>().ImportAsync(_seeds.Path, Cancel)).Published.ShouldBeEmpty();
    }

    [Fact]
    public async Task BrokenSeed_IsNamedAndTheOthersCome()
    {
        await WriteAsync("one");
        Directory.CreateDirectory(Path.Combine(_seeds.Path, "adapters/broken"));
        await File.WriteAllTextAsync(Path.Combine(_seeds.Path, "adapters/broken/adapter_config.json"), "{", Cancel);

        var report = await Seeds.ImportAsync(_seeds.Path, Cancel);

        report.Published.ShouldBe(["adapterhub/words"]);
        report.Problems.ShouldHaveSingleItem().ShouldContain("broken");
    }

    [Fact]
    public async Task NoSeeds_AreNoProblem() =>
        (await Seeds.ImportAsync(Path.Combine(_seeds.Path, "absent"), Cancel)).Problems.ShouldBeEmpty();

    private async Task WriteAsync(string text, string name = "a.txt")
    {
        var folder = Directory.CreateDirectory(Path.Combine(_seeds.Path, "datasets/words")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "README.md"), "---\nlicense: mit\n---\n# Words\n", Cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, name), text, Cancel);
    }
}
