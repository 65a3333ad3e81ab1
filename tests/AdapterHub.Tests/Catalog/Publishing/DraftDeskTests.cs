using System.Security.Cryptography;
using System.Text;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Tests.Catalog.Publishing;

public sealed class DraftDeskTests : IAsyncLifetime
{
    private static readonly RepositoryName Name = RepositoryName.Parse("ada/x");
    private readonly ManualTime _time = new();
    private StorageLimits _limits = StorageLimits.Default;
    private TemporaryCatalog _catalog = null!;
    private Actor _ada = null!;
    private Actor _eve = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DraftDesk Desk => _catalog.Get<DraftDesk>();

    public async ValueTask InitializeAsync()
    {
        _catalog = await TemporaryCatalog.CreateAsync(services => services
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<StorageLimitsSource>(_ => ValueTask.FromResult(_limits)));
        _ada = await _catalog.AddUserAsync("ada");
        _eve = await _catalog.AddUserAsync("eve");
    }

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    [Fact]
    public async Task FilesSentInParts_BecomeARepository()
    {
        var draft = await CreateAsync();
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"{{\"prompt\":\"{i}\",\"completion\":\"{i * 7919}\"}}\n")));
        var file = await AnnounceAsync(draft, "data/train.jsonl", bytes.Length);

        for (var offset = 0; offset < bytes.Length; offset += 150_000)
            file = await Desk.AppendAsync(_ada, draft.Id, file.Id, offset, new MemoryStream(bytes, offset, Math.Min(150_000, bytes.Length - offset)), Cancel);

        file.Digest.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        await Desk.SetCardAsync(_ada, draft.Id, "---\nlicense: mit\n---\n# x\n", Cancel);
        var published = await Desk.PublishAsync(_ada, draft.Id, null, Cancel);
        var revision = await _catalog.Get<RevisionReader>().GetRevisionAsync(_ada, Name, null, Cancel);
        revision.Commit.Id.ShouldBe(published.CommitId);
        revision.Files.Select(f => f.Path).ShouldBe(["README.md", "data/train.jsonl"]);
        (await Should.ThrowAsync<CatalogException>(() => Desk.GetAsync(_ada, draft.Id, Cancel))).Fault.ShouldBe(CatalogFault.NotFound);
        Directory.EnumerateFiles(_catalog.Paths.Quarantine).ShouldBeEmpty();
    }

    [Fact]
    public async Task BrokenConnection_KeepsWhatArrivedAndGoesOnThere()
    {
        var draft = await CreateAsync();
        var bytes = RandomNumberGenerator.GetBytes(400_000);
        var file = await AnnounceAsync(draft, "a.txt", bytes.Length);

        await Should.ThrowAsync<IOException>(() => Desk.AppendAsync(_ada, draft.Id, file.Id, 0, new BreakingStream(bytes, 250_000), Cancel));

        (await Desk.GetAsync(_ada, draft.Id, Cancel)).Files.Single().Received.ShouldBe(250_000);
        var wrong = await Should.ThrowAsync<CatalogException>(() => Desk.AppendAsync(_ada, draft.Id, file.Id, 0, new MemoryStream(bytes), Cancel));
        (wrong.Fault, wrong.Message.Contains("offset 250000")).ShouldBe((CatalogFault.Conflict, true));
        file = await Desk.AppendAsync(_ada, draft.Id, file.Id, 250_000, new MemoryStream(bytes, 250_000, 150_000), Cancel);
        file.Digest.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        (await Desk.AppendAsync(_ada, draft.Id, file.Id, bytes.Length, Stream.Null, Cancel)).IsComplete.ShouldBeTrue("the last answer may have got lost");
    }

    [Fact]
    public async Task RestartInTheMiddle_LosesNothing()
    {
        var draft = await CreateAsync();
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var file = await AnnounceAsync(draft, "a.txt", bytes.Length);
        await Desk.AppendAsync(_ada, draft.Id, file.Id, 0, new MemoryStream(bytes, 0, 100_000), Cancel);

        await using var restarted = _catalog.Restart();
        var desk = restarted.GetRequiredService<DraftDesk>();

        (await desk.ListAsync(_ada, Cancel)).Single().Files.Single().Received.ShouldBe(100_000);
        file = await desk.AppendAsync(_ada, draft.Id, file.Id, 100_000, new MemoryStream(bytes, 100_000, 200_000), Cancel);
        file.Digest.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public async Task DeathAfterTheLastByte_LeavesAFileThatIsCompletedWhenItIsAskedFor()
    {
        var draft = await CreateAsync();
        var bytes = RandomNumberGenerator.GetBytes(1000);
        var file = await AnnounceAsync(draft, "a.txt", bytes.Length);
        await File.WriteAllBytesAsync(Path.Combine(_catalog.Paths.Quarantine, file.Id), bytes, Cancel);

        (await Desk.GetAsync(_ada, draft.Id, Cancel)).Files.Single().Digest.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Directory.EnumerateFiles(_catalog.Paths.Quarantine).ShouldBeEmpty();
    }

    [Fact]
    public async Task TwoConnectionsForOneFile_AreNotBothTaken()
    {
        var draft = await CreateAsync();
        var file = await AnnounceAsync(draft, "a.txt", 10);
        using var slow = new SlowStream();
        var first = Desk.AppendAsync(_ada, draft.Id, file.Id, 0, slow, Cancel);
        await slow.Reading.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        var refused = await Should.ThrowAsync<CatalogException>(() => Desk.AppendAsync(_ada, draft.Id, file.Id, 0, new MemoryStream(new byte[10]), Cancel));

        refused.Fault.ShouldBe(CatalogFault.Conflict);
        slow.Give(new byte[10]);
        (await first).IsComplete.ShouldBeTrue();
    }

    [Fact]
    public async Task MoreThanAnnounced_IsRefusedAndTheFileIsAsBefore()
    {
        var draft = await CreateAsync();
        var file = await AnnounceAsync(draft, "a.txt", 10);
        await Desk.AppendAsync(_ada, draft.Id, file.Id, 0, new MemoryStream(new byte[4]), Cancel);

        (await Should.ThrowAsync<CatalogException>(() => Desk.AppendAsync(_ada, draft.Id, file.Id, 4, new MemoryStream(new byte[7]), Cancel))).Fault.ShouldBe(CatalogFault.Invalid);

        (await Desk.GetFileAsync(_ada, draft.Id, file.Id, Cancel)).Received.ShouldBe(4);
        (await Desk.AppendAsync(_ada, draft.Id, file.Id, 4, new MemoryStream(new byte[6]), Cancel)).Digest.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(new byte[10])));
    }

    [Fact]
    public async Task OtherBytesThanTheAnnouncedDigest_AreRefusedAndSendingStartsAgain()
    {
        var draft = await CreateAsync();
        var promised = Convert.ToHexStringLower(SHA256.HashData("right"u8));
        var file = (await Desk.AnnounceAsync(_ada, draft.Id, [new AnnouncedFile("a.txt", 5, promised)], false, Cancel)).Files.Single();

        (await Should.ThrowAsync<CatalogException>(() => Desk.AppendAsync(_ada, draft.Id, file.Id, 0, Utf8("wrong"), Cancel))).Fault.ShouldBe(CatalogFault.Invalid);

        (await Desk.AppendAsync(_ada, draft.Id, file.Id, 0, Utf8("right"), Cancel)).Digest.ShouldBe(promised);
    }

    [Fact]
    public async Task BytesThatTheSenderMayUse_NeedNotBeSentAgain()
    {
        var blob = await _catalog.Get<BlobStore>().ReceiveAsync(_ada, Utf8("known bytes"), null, Cancel);
        var announced = new AnnouncedFile("a.txt", blob.Length, blob.Digest);
        var mine = await CreateAsync();
        var hers = await Desk.CreateAsync(_eve, new DraftTarget(), Cancel);

        (await Desk.AnnounceAsync(_ada, mine.Id, [announced], false, Cancel)).Files.Single().IsComplete.ShouldBeTrue();
        (await Desk.AnnounceAsync(_eve, hers.Id, [announced], false, Cancel)).Files.Single().IsComplete.ShouldBeFalse("or a digest would be as good as the bytes");
        (await Desk.AnnounceAsync(_ada, mine.Id, [new AnnouncedFile("empty.txt", 0)], false, Cancel)).Files.Single(file => file.Path == "empty.txt").IsComplete.ShouldBeTrue();
    }

    [Fact]
    public async Task SameFileAnnouncedAgain_GoesOn_AnotherTakesItsPlace()
    {
        var draft = await CreateAsync();
        var digest = Convert.ToHexStringLower(SHA256.HashData(new byte[10]));
        var file = (await Desk.AnnounceAsync(_ada, draft.Id, [new AnnouncedFile("a.txt", 10, digest)], false, Cancel)).Files.Single();
        await Desk.AppendAsync(_ada, draft.Id, file.Id, 0, new MemoryStream(new byte[4]), Cancel);

        (await Desk.AnnounceAsync(_ada, draft.Id, [new AnnouncedFile("a.txt", 10, digest)], false, Cancel)).Files.Single().ShouldBe(file with { Received = 4 });
        var other = (await Desk.AnnounceAsync(_ada, draft.Id, [new AnnouncedFile("a.txt", 20)], false, Cancel)).Files.Single();

        (other.Id == file.Id, other.Received).ShouldBe((false, 0));
        Directory.EnumerateFiles(_catalog.Paths.Quarantine).ShouldBeEmpty();
    }

    [Fact]
    public async Task DroppedFolder_LosesTheFolderAroundEverything()
    {
        var draft = await CreateAsync();
        var view = await Desk.AnnounceAsync(_ada, draft.Id, [new("my-adapter/a.txt", 1), new("my-adapter/sub/b.txt", 1)], stripsFolder: true, Cancel);
        view.Files.Select(file => file.Path).ShouldBe(["a.txt", "sub/b.txt"]);

        view = await Desk.AnnounceAsync(_ada, draft.Id, [new("x/c.txt", 1), new("y/d.txt", 1)], stripsFolder: true, Cancel);
        view.Files.Select(file => file.Path).ShouldBe(["a.txt", "sub/b.txt", "x/c.txt", "y/d.txt"]);
    }

    [Fact]
    public async Task EveryFaultOfTheAnnouncedFiles_IsToldAtOnce()
    {
        var draft = await CreateAsync();
        await AnnounceAsync(draft, "README.md", 1);

        var refused = await Should.ThrowAsync<CatalogException>(() => Desk.AnnounceAsync(_ada, draft.Id,
            [new("../a", 1), new("readme.md", 1), new("b", -1), new("c", 1, "zz"), new("d", 1), new("d", 1)], false, Cancel));

        refused.Details.Count.ShouldBeGreaterThanOrEqualTo(5);
        (await Desk.GetAsync(_ada, draft.Id, Cancel)).Files.Count.ShouldBe(1);
    }

    [Fact]
    public async Task WhatWouldNotFit_IsRefusedBeforeAByteIsSent()
    {
        _limits = new StorageLimits(1000, 800);
        var draft = await CreateAsync();
        (await Should.ThrowAsync<CatalogException>(() => AnnounceAsync(draft, "a", 801))).Fault.ShouldBe(CatalogFault.TooLarge);
        await AnnounceAsync(draft, "a", 800);
        (await Should.ThrowAsync<CatalogException>(() => AnnounceAsync(draft, "b", 201))).Fault.ShouldBe(CatalogFault.QuotaExceeded);
        await AnnounceAsync(draft, "b", 200);

        _limits = new StorageLimits(null, long.MaxValue);
        (await Should.ThrowAsync<CatalogException>(() => AnnounceAsync(draft, "c", 1L << 60))).Message.ShouldContain("disk");
    }

    [Fact]
    public async Task AnotherPersonsDraft_DoesNotExist()
    {
        var draft = await CreateAsync();
        var file = await AnnounceAsync(draft, "a.txt", 5);
        var boss = await _catalog.AddUserAsync("boss", administrator: true);

        foreach (var stranger in new[] { _eve, boss })
        {
            (await Desk.ListAsync(stranger, Cancel)).ShouldBeEmpty();
            foreach (var deed in new Func<Task>[]
            {
                () => Desk.GetAsync(stranger, draft.Id, Cancel),
                () => Desk.GetFileAsync(stranger, draft.Id, file.Id, Cancel),
                () => Desk.AppendAsync(stranger, draft.Id, file.Id, 0, Utf8("12345"), Cancel),
                () => Desk.SetCardAsync(stranger, draft.Id, "x", Cancel),
                () => Desk.RemoveFileAsync(stranger, draft.Id, file.Id, Cancel),
                () => Desk.PublishAsync(stranger, draft.Id, null, Cancel),
                () => Desk.CancelAsync(stranger, draft.Id, Cancel),
            })
                (await Should.ThrowAsync<CatalogException>(deed)).Fault.ShouldBe(CatalogFault.NotFound);
        }

        (await Should.ThrowAsync<CatalogException>(() => Desk.GetAsync(Actor.Anonymous, draft.Id, Cancel))).Fault.ShouldBe(CatalogFault.SignInRequired);
    }

    [Fact]
    public async Task FileOfOneDraft_IsNotReachedThroughAnother()
    {
        var draft = await CreateAsync();
        var file = await AnnounceAsync(draft, "a.txt", 5);
        var hers = await Desk.CreateAsync(_eve, new DraftTarget(), Cancel);

        (await Should.ThrowAsync<CatalogException>(() => Desk.AppendAsync(_eve, hers.Id, file.Id, 0, Utf8("12345"), Cancel))).Fault.ShouldBe(CatalogFault.NotFound);
    }

    [Fact]
    public async Task IncompleteDraft_CannotBePublished()
    {
        var draft = await CreateAsync();
        await AnnounceAsync(draft, "missing.txt", 5);

        var refused = await Should.ThrowAsync<CatalogException>(() => Desk.PublishAsync(_ada, draft.Id, null, Cancel));

        (refused.Fault, refused.Message.Contains("missing.txt")).ShouldBe((CatalogFault.Conflict, true));
    }

    [Fact]
    public async Task NextRevision_KeepsTheFilesThatTheDraftDoesNotName()
    {
        await SendAsync(await CreateAsync(), ("a.txt", "1"), ("b.txt", "2"));
        var draft = await CreateAsync();
        draft.IsRevision.ShouldBeTrue();

        await SendAsync(draft, ("b.txt", "3"));

        var files = (await _catalog.Get<RevisionReader>().GetRevisionAsync(_ada, Name, null, Cancel)).Files;
        files.Select(file => file.Path).ShouldBe(["README.md", "a.txt", "b.txt"]);
        files[2].Digest.ShouldBe(Convert.ToHexStringLower(SHA256.HashData("3"u8)));
    }

    [Fact]
    public async Task FilesRenamedAndRemoved_AreSoInTheRevision()
    {
        var draft = await CreateAsync();
        var a = await AnnounceAsync(draft, "a.txt", 1);
        var b = await AnnounceAsync(draft, "b.txt", 1);
        await Desk.RenameFileAsync(_ada, draft.Id, a.Id, "sub/c.txt", Cancel);
        (await Should.ThrowAsync<CatalogException>(() => Desk.RenameFileAsync(_ada, draft.Id, b.Id, "SUB/c.txt", Cancel))).Fault.ShouldBe(CatalogFault.Invalid);

        (await Desk.RemoveFileAsync(_ada, draft.Id, b.Id, Cancel)).Files.Single().Path.ShouldBe("sub/c.txt");
    }

    [Fact]
    public async Task NameOfAnothersPrivateRepository_SaysOnlyThatOneMayNotWriteThere()
    {
        await _catalog.Get<RepositoryCatalog>().CreateAsync(_ada, new NewRepository(Name, RepositoryKind.Dataset, RepositoryVisibility.Private), Cancel);
        var taken = await Should.ThrowAsync<CatalogException>(() => Desk.CreateAsync(_eve, new DraftTarget { Name = Name }, Cancel));
        var free = await Should.ThrowAsync<CatalogException>(() => Desk.CreateAsync(_eve, new DraftTarget { Name = RepositoryName.Parse("ada/free") }, Cancel));

        (taken.Fault, taken.Message).ShouldBe((free.Fault, free.Message));
    }

    [Fact]
    public async Task LeftDraft_ExpiresWithItsFiles()
    {
        var draft = await CreateAsync();
        var file = await AnnounceAsync(draft, "a.txt", 10);
        await Desk.AppendAsync(_ada, draft.Id, file.Id, 0, new MemoryStream(new byte[4]), Cancel);
        File.SetLastWriteTimeUtc(Directory.EnumerateFiles(_catalog.Paths.Quarantine).Single(), _time.GetUtcNow().UtcDateTime);
        _time.Advance(TimeSpan.FromDays(6));
        (await _catalog.Get<OrphanCollector>().CollectAsync(Actor.Hub, null, Cancel)).ShouldBe(new CollectionReport(0, 0, 0, 0));

        _time.Advance(TimeSpan.FromDays(2));

        (await _catalog.Get<OrphanCollector>().CollectAsync(Actor.Hub, null, Cancel)).ShouldBe(new CollectionReport(0, 1, 1, 4));
        (await Desk.ListAsync(_ada, Cancel)).ShouldBeEmpty();
    }

    private Task<DraftView> CreateAsync() =>
        Desk.CreateAsync(_ada, new DraftTarget { Name = Name, Kind = RepositoryKind.Dataset, Visibility = RepositoryVisibility.Public }, Cancel);

    private async Task<DraftFileView> AnnounceAsync(DraftView draft, string path, long length) =>
        (await Desk.AnnounceAsync(_ada, draft.Id, [new AnnouncedFile(path, length)], false, Cancel)).Files.Single(file => file.Path == path);

    private async Task SendAsync(DraftView draft, params (string Path, string Text)[] files)
    {
        foreach (var (path, text) in files)
            await Desk.AppendAsync(_ada, draft.Id, (await AnnounceAsync(draft, path, text.Length)).Id, 0, Utf8(text), Cancel);
        await Desk.SetCardAsync(_ada, draft.Id, "---\nlicense: mit\n---\n# x\n", Cancel);
        await Desk.PublishAsync(_ada, draft.Id, "by a test", Cancel);
    }

    private static MemoryStream Utf8(string text) => new(Encoding.UTF8.GetBytes(text));
}
