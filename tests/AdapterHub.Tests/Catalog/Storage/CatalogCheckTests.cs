using System.Text;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Tests.Catalog.Storage;

public sealed class CatalogCheckTests : IAsyncLifetime
{
    private static readonly RepositoryName Name = RepositoryName.Parse("ada/x");
    private TemporaryCatalog _catalog = null!;
    private Actor _ada = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private BlobStore Store => _catalog.Get<BlobStore>();

    public async ValueTask InitializeAsync()
    {
        _catalog = await TemporaryCatalog.CreateAsync();
        _ada = await _catalog.AddUserAsync("ada");
    }

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    [Fact]
    public async Task DamageOfEveryKind_IsFoundByTheCheck()
    {
        await _catalog.Get<RepositoryCatalog>().CreateAsync(_ada, new NewRepository(Name, RepositoryKind.Dataset, RepositoryVisibility.Private), Cancel);
        var blobs = new[] { await ReceiveAsync("changed"), await ReceiveAsync("shorter"), await ReceiveAsync("missing"), await ReceiveAsync("whole") };
        await _catalog.Get<Publisher>().CommitAsync(_ada, Name, new CommitRequest { Message = "x", Files = [.. blobs.Select((blob, i) => FileChange.Put($"{i}.txt", blob.Digest))] }, Cancel);
        var check = _catalog.Get<CatalogCheck>();
        (await check.RunAsync(Actor.Hub, readBytes: true, Cancel)).ShouldSatisfyAllConditions(report => report.IsWhole.ShouldBeTrue(), report => report.Blobs.ShouldBe(4), report => report.Commits.ShouldBe(1));

        await File.WriteAllTextAsync(Store.PathOf(blobs[0].Digest), "CHANGED", Cancel);
        await File.WriteAllTextAsync(Store.PathOf(blobs[1].Digest), "short", Cancel);
        File.Delete(Store.PathOf(blobs[2].Digest));
        await using (var context = await _catalog.Contexts.CreateDbContextAsync(Cancel))
            await context.Commits.ExecuteUpdateAsync(set => set.SetProperty(commit => commit.AuthorName, "mallory"), Cancel);

        (await check.RunAsync(Actor.Hub, readBytes: false, Cancel)).Problems.Count.ShouldBe(3);
        (await check.RunAsync(Actor.Hub, readBytes: true, Cancel)).Problems.Count.ShouldBe(4);
    }

    [Fact]
    public async Task OnlyAdministrators_Check() =>
        (await Should.ThrowAsync<CatalogException>(() => _catalog.Get<CatalogCheck>().RunAsync(_ada, false, Cancel))).Fault.ShouldBe(CatalogFault.Forbidden);

    private Task<StoredBlob> ReceiveAsync(string text) => Store.ReceiveAsync(_ada, new MemoryStream(Encoding.UTF8.GetBytes(text)), null, Cancel);
}
