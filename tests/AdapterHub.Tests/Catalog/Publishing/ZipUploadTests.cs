using System.Text;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Storage;

namespace AdapterHub.Tests.Catalog.Publishing;

public sealed class ZipUploadTests : IAsyncLifetime
{
    private const int SymbolicLink = 0xA1FF;
    private TemporaryCatalog _catalog = null!;
    private Actor _ada = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DraftDesk Desk => _catalog.Get<DraftDesk>();

    public async ValueTask InitializeAsync()
    {
        _catalog = await TemporaryCatalog.CreateAsync();
        _ada = await _catalog.AddUserAsync("ada");
    }

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    [Fact]
    public async Task Archive_IsReplacedByItsFilesWithoutTheFolderAroundThem()
    {
        var view = await UnpackAsync(ZipBytes.Of(("my/a.txt", "alpha"), ("my/sub/b.txt", "beta"), ("my/empty/", ""), ("__MACOSX/my/._a.txt", "x"), ("my/.DS_Store", "x")));

        view.Files.Select(file => (file.Path, file.Length, file.IsComplete)).ShouldBe([("a.txt", 5, true), ("sub/b.txt", 4, true)]);
        using var reader = new StreamReader(_catalog.Get<BlobStore>().OpenRead(view.Files[1].Digest!));
        (await reader.ReadToEndAsync(Cancel)).ShouldBe("beta");
    }

    [Fact]
    public async Task ArchiveWithinAnArchive_StaysAsItIs()
    {
        var view = await UnpackAsync(ZipBytes.Of(("inner.zip", ZipBytes.Of(("a.txt", "x")), 0), ("b.txt", "y"u8.ToArray(), 0)));

        view.Files.Select(file => file.Path).ShouldBe(["b.txt", "inner.zip"]);
    }

    [Fact]
    public async Task BackslashesOfOldPrograms_ArePartsOfThePath() =>
        (await UnpackAsync(ZipBytes.Of(("d\\a.txt", "x"), ("d\\s\\b.txt", "y")))).Files.Select(file => file.Path).ShouldBe(["a.txt", "s/b.txt"]);

    [Theory]
    [InlineData("../../etc/cron.d/x")]
    [InlineData("/etc/passwd")]
    [InlineData("C:/windows/x")]
    [InlineData("..\\..\\x")]
    [InlineData("a/../../x")]
    [InlineData(".git/hooks/post-checkout")]
    public async Task PathsOutOfTheArchive_AreRefused(string path)
    {
        var refused = await RefusedAsync(ZipBytes.Of((path, "x"), ("good.txt", "y")));

        refused.Fault.ShouldBe(CatalogFault.Invalid);
        File.Exists("/etc/cron.d/x").ShouldBeFalse();
    }

    [Fact]
    public async Task SymbolicLinksAndDevices_AreRefused()
    {
        var refused = await RefusedAsync(ZipBytes.Of(("link", "/etc/passwd"u8.ToArray(), SymbolicLink), ("pipe", [], 0x11A4), ("plain", "x"u8.ToArray(), 0x81A4)));

        refused.Details.Count.ShouldBe(2);
        refused.Message.ShouldContain("symbolic link");
    }

    [Fact]
    public async Task Bomb_IsRefusedByWhatItStates()
    {
        var refused = await RefusedAsync(ZipBytes.Of(("zeros.bin", new byte[100 << 20], 0)));

        refused.Message.ShouldContain("fill disks");
    }

    [Fact]
    public async Task BombThatLiesAboutItsSize_EndsAtWhatItStates()
    {
        // The size of the entry stands twice: in the local header (offset 22) and in the directory (offset 24).
        var bytes = ZipBytes.Of(("zeros.bin", new byte[10 << 20], 0));
        var lying = ZipBytes.Patch(ZipBytes.Patch(bytes, "PK\x01\x02"u8, 24, BitConverter.GetBytes(1000)), "PK\x03\x04"u8, 22, BitConverter.GetBytes(1000));

        await RefusedAsync(lying);

        Directory.EnumerateFiles(_catalog.Paths.Blobs, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length).ShouldBeLessThan(100_000);
    }

    [Fact]
    public async Task MoreEntriesThanAllowed_AreCountedNotHeld()
    {
        var bytes = ZipBytes.WithEntries(200_000);
        var draft = await DraftAsync(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refused = await Should.ThrowAsync<CatalogException>(() => Desk.UnpackAsync(_ada, draft.Id, draft.Files[0].Id, Cancel));

        refused.Message.ShouldContain("10000 entries");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(20 << 20);
    }

    [Fact]
    public async Task NamesTwice_AndInTwoCases_AreRefused()
    {
        (await RefusedAsync(ZipBytes.Of(("a.txt", "1"), ("a.txt", "2")))).Message.ShouldContain("a.txt");
        (await RefusedAsync(ZipBytes.Of(("x/a.txt", "1"), ("x/A.TXT", "2")))).Message.ShouldContain("upper and lower case");
    }

    [Fact]
    public async Task EncryptedEntry_IsRefused()
    {
        // Bit 0 of the flags, in the directory (offset 8) and in the local header (offset 6).
        var bytes = ZipBytes.Patch(ZipBytes.Patch(ZipBytes.Of(("a.txt", "x")), "PK\x01\x02"u8, 8, [1]), "PK\x03\x04"u8, 6, [1]);

        (await RefusedAsync(bytes)).Message.ShouldContain("password");
    }

    [Fact]
    public async Task DamagedBytes_AreNoticed()
    {
        var random = new byte[5000];
        new Random(7).NextBytes(random);
        var bytes = ZipBytes.Of(("a.bin", random, 0));
        bytes[500] ^= 1;

        (await RefusedAsync(bytes)).Fault.ShouldBe(CatalogFault.Invalid);
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is no zip at all")]
    [InlineData("PK\u0005\u0006")]
    public async Task WhatIsNoArchive_IsToldSo(string text) => (await RefusedAsync(Encoding.Latin1.GetBytes(text))).Message.ShouldContain("cannot be read");

    /// <summary>Whatever is wrong with an archive, the answer is a refusal or the files, and the draft keeps the archive or has the files.</summary>
    [Fact]
    public async Task RandomDamage_NeverEscapesAsAnotherException()
    {
        var bytes = ZipBytes.Of(("a/x.txt", "alpha"), ("a/y.txt", "beta"));
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var damaged = (byte[])bytes.Clone();
            for (var hit = 0; hit <= round % 4; hit++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var cut = round % 3 == 0 ? damaged[..random.Next(1, damaged.Length)] : damaged;
            try
            {
                using var upload = ZipUpload.Open(new MemoryStream(cut));
                foreach (var entry in upload.Entries)
                    TreePath.FindFault(entry.Path).ShouldBeNull();
            }
            catch (CatalogException refused)
            {
                refused.Fault.ShouldBe(CatalogFault.Invalid);
            }
        }

        await Task.CompletedTask;
    }

    private async Task<CatalogException> RefusedAsync(byte[] bytes)
    {
        var draft = await DraftAsync(bytes);
        var refused = await Should.ThrowAsync<CatalogException>(() => Desk.UnpackAsync(_ada, draft.Id, draft.Files[0].Id, Cancel));
        (await Desk.GetAsync(_ada, draft.Id, Cancel)).Files.ShouldHaveSingleItem().Path.ShouldBe("upload.zip");
        return refused;
    }

    private async Task<DraftView> UnpackAsync(byte[] bytes)
    {
        var draft = await DraftAsync(bytes);
        return await Desk.UnpackAsync(_ada, draft.Id, draft.Files[0].Id, Cancel);
    }

    private async Task<DraftView> DraftAsync(byte[] bytes)
    {
        var draft = await Desk.CreateAsync(_ada, new DraftTarget { Kind = RepositoryKind.Dataset }, Cancel);
        var file = (await Desk.AnnounceAsync(_ada, draft.Id, [new AnnouncedFile("upload.zip", bytes.Length)], false, Cancel)).Files[0];
        if (bytes.Length > 0)
            await Desk.AppendAsync(_ada, draft.Id, file.Id, 0, new MemoryStream(bytes), Cancel);
        return await Desk.GetAsync(_ada, draft.Id, Cancel);
    }
}
