using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;

namespace AdapterHub.Tests.Catalog.Storage;

public sealed class StorageLedgerTests : IAsyncLifetime
{
    private TemporaryCatalog _catalog = null!;
    private Actor _ada = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _catalog = await TemporaryCatalog.CreateAsync();
        _ada = await _catalog.AddUserAsync("ada");
    }

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    [Fact]
    public async Task Bytes_AreCountedOnceForEachPlace()
    {
        var one = await ReceiveAsync("one");
        await ReceiveAsync("unused");
        foreach (var name in (string[])["ada/x", "ada/y"])
        {
            await _catalog.Get<RepositoryCatalog>().CreateAsync(_ada, new NewRepository(RepositoryName.Parse(name), RepositoryKind.Dataset, RepositoryVisibility.Private), Cancel);
            await _catalog.Get<Publisher>().CommitAsync(_ada, RepositoryName.Parse(name), new CommitRequest { Message = "x", Files = [FileChange.Put("a.txt", one.Digest)] }, Cancel);
        }

        await File.WriteAllTextAsync(Path.Combine(_catalog.Paths.Quarantine, "arriving"), "12345", Cancel);
        var state = await _catalog.Get<StorageLedger>().ReadAsync(Actor.Hub, Cancel);

        (state.Blobs, state.BlobBytes, state.NamedBytes, state.ArrivingBytes).ShouldBe((2, 9, 6, 5));
        state.DatabaseBytes.ShouldBeGreaterThan(0);
        var ada = state.Owners.ShouldHaveSingleItem();
        (ada.Name, ada.Bytes, ada.Repositories, ada.InTrash).ShouldBe(("ada", 3, 2, 0));
    }

    /// <summary>Files move out of the quarantine while it is looked through.</summary>
    [Fact]
    public async Task FilesThatComeAndGoMeanwhile_TroubleNeitherTheLedgerNorTheCollector()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var coming = Enumerable.Range(0, 2).Select(lane => Task.Run(() => ComeAndGo(lane, over.Token), Cancel)).ToList();

        for (var round = 0; round < 30; round++)
        {
            await _catalog.Get<StorageLedger>().ReadAsync(Actor.Hub, Cancel);
            await _catalog.Get<OrphanCollector>().CollectAsync(Actor.Hub, cancel: Cancel);
        }

        await over.CancelAsync();
        await Task.WhenAll(coming);
    }

    private void ComeAndGo(int lane, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var paths = Enumerable.Range(0, 50).Select(number => Path.Combine(_catalog.Paths.Quarantine, $"{lane}-{number}")).ToList();
            paths.ForEach(path => File.WriteAllText(path, "x"));
            paths.ForEach(File.Delete);
        }
    }

    private async Task<StoredBlob> ReceiveAsync(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await _catalog.Get<BlobStore>().ReceiveAsync(_ada, stream, cancel: Cancel);
    }
}
