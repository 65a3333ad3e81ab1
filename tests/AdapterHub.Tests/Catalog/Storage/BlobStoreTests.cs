using System.Security.Cryptography;
using System.Text;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Storage;
using AdapterHub.Tests.Catalog.Publishing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Tests.Catalog.Storage;

public sealed class BlobStoreTests : IAsyncLifetime
{
    private StorageLimits _limits = StorageLimits.Default;
    private TemporaryCatalog _catalog = null!;
    private Actor _ada = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private BlobStore Store => _catalog.Get<BlobStore>();

    public async ValueTask InitializeAsync()
    {
        _catalog = await TemporaryCatalog.CreateAsync(services => services.AddSingleton<StorageLimitsSource>(_ => ValueTask.FromResult(_limits)));
        _ada = await _catalog.AddUserAsync("ada");
    }

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    /// <summary>The ids are git's own: printf 'hello\n' | git hash-object --stdin; sha256sum.</summary>
    [Theory]
    [InlineData("hello\n", "ce013625030ba8dba906f756967f9e9ca394464a", "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")]
    [InlineData("", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public async Task Received_HasTheIdsThatGitAndSha256Give(string text, string gitOid, string digest)
    {
        foreach (var length in new long?[] { null, text.Length })
        {
            var blob = await ReceiveAsync(text, new ExpectedContent { Length = length });

            blob.ShouldBe(new StoredBlob(digest, text.Length, gitOid));
            await using var stream = Store.OpenRead(digest);
            (await new StreamReader(stream).ReadToEndAsync(Cancel)).ShouldBe(text);
        }

        Store.PathOf(digest).ShouldBe(Path.Combine(_catalog.Paths.Blobs, digest[..2], digest[2..]));
        (await RowsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task ManyAtOnceOfTheSameBytes_AreStoredOnce()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);

        var blobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Store.ReceiveAsync(_ada, new MemoryStream(bytes), null, Cancel)));

        blobs.Distinct().ShouldHaveSingleItem().Digest.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        (await RowsAsync()).ShouldBe(1);
        Directory.EnumerateFiles(_catalog.Paths.Blobs, "*", SearchOption.AllDirectories).ShouldHaveSingleItem();
        Directory.EnumerateFiles(_catalog.Paths.Quarantine).ShouldBeEmpty();
    }

    [Fact]
    public async Task MoreThanTheLimit_IsRefusedAndLeavesNothing()
    {
        var refused = await Should.ThrowAsync<CatalogException>(() => ReceiveAsync(new string('x', 2049), new ExpectedContent { Limit = 2048 }));

        refused.Fault.ShouldBe(CatalogFault.TooLarge);
        refused.Message.ShouldContain("2 KiB");
        (await Should.ThrowAsync<CatalogException>(() => ReceiveAsync("x", new ExpectedContent { Length = 4096, Limit = 2048 }))).Fault.ShouldBe(CatalogFault.TooLarge);
        await ReceiveAsync(new string('x', 2048), new ExpectedContent { Limit = 2048 });
        (await RowsAsync()).ShouldBe(1);
        Directory.EnumerateFiles(_catalog.Paths.Quarantine).ShouldBeEmpty();
    }

    [Fact]
    public async Task TheHubsOwnLimit_HoldsWhateverTheCallerAllows()
    {
        _limits = _limits with { FileBytes = 4 };
        (await Should.ThrowAsync<CatalogException>(() => ReceiveAsync("12345"))).Fault.ShouldBe(CatalogFault.TooLarge);
        (await Should.ThrowAsync<CatalogException>(() => ReceiveAsync("12345", new ExpectedContent { Limit = 100 }))).Fault.ShouldBe(CatalogFault.TooLarge);
        (await Should.ThrowAsync<CatalogException>(() => ReceiveAsync("x", new ExpectedContent { Length = 1L << 60 }))).Fault.ShouldBe(CatalogFault.TooLarge);
    }

    [Fact]
    public async Task MoreThanTheDiskHolds_IsRefusedBeforeItIsSent()
    {
        _limits = _limits with { FileBytes = long.MaxValue };
        (await Should.ThrowAsync<CatalogException>(() => ReceiveAsync("x", new ExpectedContent { Length = 1L << 60 }))).Message.ShouldContain("disk");
    }

    [Fact]
    public async Task SendingWithoutEverPublishing_EndsAtTheQuota()
    {
        _limits = _limits with { QuotaBytes = 10 };
        await ReceiveAsync("0123456789");
        await ReceiveAsync("and more");

        (await Should.ThrowAsync<CatalogException>(() => ReceiveAsync("and more and more"))).Fault.ShouldBe(CatalogFault.QuotaExceeded);
    }

    [Theory]
    [InlineData(4, null)]
    [InlineData(6, null)]
    [InlineData(null, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public async Task OtherBytesThanAnnounced_AreRefusedAndLeaveNothing(int? length, string? digest)
    {
        var refused = await Should.ThrowAsync<CatalogException>(() => ReceiveAsync("12345", new ExpectedContent { Length = length, Digest = digest }));

        refused.Fault.ShouldBe(CatalogFault.Invalid);
        (await RowsAsync()).ShouldBe(0);
        Directory.EnumerateFiles(_catalog.Paths.Folder, "*", SearchOption.AllDirectories).Where(file => !file.Contains("hub.db")).ShouldBeEmpty();
    }

    [Fact]
    public async Task ASenderThatBreaksOff_LeavesNothing()
    {
        await Should.ThrowAsync<IOException>(() => Store.ReceiveAsync(_ada, new BreakingStream(new byte[100_000], 100_000), new ExpectedContent { Length = 200_000 }, Cancel));

        (await RowsAsync()).ShouldBe(0);
        Directory.EnumerateFiles(_catalog.Paths.Quarantine).ShouldBeEmpty();
    }

    [Fact]
    public async Task DamagedCopy_IsWholeAgainAfterTheBytesCameAgain()
    {
        var blob = await ReceiveAsync("precious");
        await File.WriteAllTextAsync(Store.PathOf(blob.Digest), "damaged!", Cancel);

        await ReceiveAsync("precious");

        (await File.ReadAllTextAsync(Store.PathOf(blob.Digest), Cancel)).ShouldBe("precious");
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("")]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85/")]
    public void WhatIsNoDigest_HasNoPath(string digest)
    {
        Should.Throw<CatalogException>(() => Store.PathOf(digest)).Fault.ShouldBe(CatalogFault.Invalid);
        Should.Throw<CatalogException>(() => Store.OpenRead(digest)).Fault.ShouldBe(CatalogFault.Invalid);
    }

    [Fact]
    public void AbsentBytes_AreNotFound() =>
        Should.Throw<CatalogException>(() => Store.OpenRead(new string('0', 64))).Fault.ShouldBe(CatalogFault.NotFound);

    [Fact]
    public async Task ATokenThatReads_AndNobody_CannotUpload()
    {
        var reader = _ada with { Scope = ActorScope.Read };
        (await Should.ThrowAsync<CatalogException>(() => Store.ReceiveAsync(reader, Stream.Null, null, Cancel))).Fault.ShouldBe(CatalogFault.Forbidden);
        (await Should.ThrowAsync<CatalogException>(() => Store.ReceiveAsync(Actor.Anonymous, Stream.Null, null, Cancel))).Fault.ShouldBe(CatalogFault.SignInRequired);
    }

    /// <summary>/dev/full answers every write with ENOSPC, as a full disk does.</summary>
    [Fact]
    public async Task FullDisk_IsToldInWords()
    {
        if (!File.Exists("/dev/full"))
            Assert.Skip("There is no /dev/full here.");
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);

        var failure = Should.Throw<IOException>(() => full.Write(new byte[10]));

        StorageFault.IsDiskFull(failure).ShouldBeTrue();
        StorageFault.IsDiskFull(new IOException("some other")).ShouldBeFalse();
        StorageFault.DiskFull(_catalog.Paths.Folder).Message.ShouldContain(_catalog.Paths.Folder);
    }

    private Task<StoredBlob> ReceiveAsync(string text, ExpectedContent? expected = null) =>
        Store.ReceiveAsync(_ada, new MemoryStream(Encoding.UTF8.GetBytes(text)), expected, Cancel);

    private async Task<int> RowsAsync()
    {
        await using var context = await _catalog.Contexts.CreateDbContextAsync(Cancel);
        return await context.Blobs.CountAsync(Cancel);
    }
}
