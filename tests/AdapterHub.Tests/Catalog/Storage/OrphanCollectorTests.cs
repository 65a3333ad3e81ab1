using System.Text;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Tests.Catalog.Storage;

public sealed class OrphanCollectorTests : IAsyncLifetime
{
    private static readonly RepositoryName Name = RepositoryName.Parse("ada/x");
    private readonly ManualTime _time = new();
    private TemporaryCatalog _catalog = null!;
    private Actor _ada = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private BlobStore Store => _catalog.Get<BlobStore>();

    public async ValueTask InitializeAsync()
    {
        _catalog = await TemporaryCatalog.CreateAsync(services => services.AddSingleton<TimeProvider>(_time));
        _ada = await _catalog.AddUserAsync("ada");
    }

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    [Fact]
    public async Task UnusedBlob_GoesAfterTheGrace_UsedOnesStay()
    {
        var used = await ReceiveAsync("used");
        var drafted = await ReceiveAsync("in a draft");
        var unused = await ReceiveAsync("unused!");
        await _catalog.Get<RepositoryCatalog>().CreateAsync(_ada, new NewRepository(Name, RepositoryKind.Dataset, RepositoryVisibility.Private), Cancel);
        await _catalog.Get<Publisher>().CommitAsync(_ada, Name, new CommitRequest { Message = "x", Files = [FileChange.Put("a.txt", used.Digest)] }, Cancel);
        var draft = await _catalog.Get<DraftDesk>().CreateAsync(_ada, new DraftTarget(), Cancel);
        await _catalog.Get<DraftDesk>().AnnounceAsync(_ada, draft.Id, [new AnnouncedFile("a.txt", drafted.Length, drafted.Digest)], false, Cancel);

        _time.Advance(TimeSpan.FromHours(23));
        (await CollectAsync()).ShouldBe(new CollectionReport(0, 0, 0, 0));
        _time.Advance(TimeSpan.FromHours(2));

        (await CollectAsync()).ShouldBe(new CollectionReport(1, 0, 0, 7));
        (Store.Contains(used.Digest), Store.Contains(drafted.Digest), Store.Contains(unused.Digest)).ShouldBe((true, true, false));
        (await CollectAsync()).ShouldBe(new CollectionReport(0, 0, 0, 0));
    }

    [Fact]
    public async Task BytesThatCameAgain_HaveTheirGraceAgain()
    {
        await ReceiveAsync("again");
        _time.Advance(TimeSpan.FromHours(20));
        await ReceiveAsync("again");
        _time.Advance(TimeSpan.FromHours(20));

        (await CollectAsync()).Blobs.ShouldBe(0);
    }

    [Fact]
    public async Task PurgedRepository_GivesItsBytesBack()
    {
        var blob = await ReceiveAsync("weights");
        await _catalog.Get<RepositoryCatalog>().CreateAsync(_ada, new NewRepository(Name, RepositoryKind.Dataset, RepositoryVisibility.Private), Cancel);
        await _catalog.Get<Publisher>().CommitAsync(_ada, Name, new CommitRequest { Message = "x", Files = [FileChange.Put("a.txt", blob.Digest)] }, Cancel);
        _time.Advance(TimeSpan.FromDays(2));
        await _catalog.Get<RepositoryCatalog>().TrashAsync(_ada, Name, Cancel);
        (await CollectAsync()).Blobs.ShouldBe(0, "it can be restored");
        await _catalog.Get<RepositoryCatalog>().PurgeAsync(_ada, Name, Cancel);

        (await CollectAsync()).ShouldBe(new CollectionReport(1, 0, 0, 7));
    }

    [Fact]
    public async Task FilesWithoutRows_GoWhenTheyAreOld()
    {
        var digest = new string('a', 64);
        Directory.CreateDirectory(Path.GetDirectoryName(Store.PathOf(digest))!);
        foreach (var stray in new[] { Store.PathOf(digest), Path.Combine(_catalog.Paths.Quarantine, "receive-1") })
        {
            await File.WriteAllTextAsync(stray, "stray", Cancel);
            File.SetLastWriteTimeUtc(stray, _time.GetUtcNow().UtcDateTime);
        }

        var kept = await ReceiveAsync("kept");
        File.SetLastWriteTimeUtc(Store.PathOf(kept.Digest), _time.GetUtcNow().AddDays(-9).UtcDateTime);
        (await CollectAsync()).StrayFiles.ShouldBe(0);
        _time.Advance(TimeSpan.FromHours(23.9));

        (await CollectAsync(TimeSpan.FromHours(1))).ShouldBe(new CollectionReport(1, 2, 0, 14));
    }

    [Fact]
    public async Task OnlyAdministrators_Collect() =>
        (await Should.ThrowAsync<CatalogException>(() => _catalog.Get<OrphanCollector>().CollectAsync(_ada, null, Cancel))).Fault.ShouldBe(CatalogFault.Forbidden);

    private Task<CollectionReport> CollectAsync(TimeSpan? grace = null) => _catalog.Get<OrphanCollector>().CollectAsync(Actor.Hub, grace, Cancel);

    private Task<StoredBlob> ReceiveAsync(string text) => Store.ReceiveAsync(_ada, new MemoryStream(Encoding.UTF8.GetBytes(text)), null, Cancel);
}
