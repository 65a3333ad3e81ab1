using System.Text;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Tests.Catalog.Publishing;

public sealed class PublisherTests : IAsyncLifetime
{
    private static readonly RepositoryName Name = RepositoryName.Parse("ada/x");
    private readonly ManualTime _time = new();
    private StorageLimits _limits = StorageLimits.Default;
    private TemporaryCatalog _catalog = null!;
    private Actor _ada = null!;
    private Actor _eve = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Publisher Publisher => _catalog.Get<Publisher>();

    private RevisionReader Reader => _catalog.Get<RevisionReader>();

    public async ValueTask InitializeAsync()
    {
        _catalog = await TemporaryCatalog.CreateAsync(services => services
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<StorageLimitsSource>(_ => ValueTask.FromResult(_limits)));
        _ada = await _catalog.AddUserAsync("ada");
        _eve = await _catalog.AddUserAsync("eve");
        await _catalog.Get<RepositoryCatalog>().CreateAsync(_ada, new NewRepository(Name, RepositoryKind.Dataset, RepositoryVisibility.Private), Cancel);
    }

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    [Fact]
    public async Task FilesPutAndDeleted_MakeTheTreeOfTheNextRevision()
    {
        var first = await CommitAsync("one", await PutAsync("a.txt", "1"), await PutAsync("b/c.txt", "2"));
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = await CommitAsync("two\n\nwith a body", await PutAsync("a.txt", "3"), FileChange.Delete("b/c.txt"), await PutAsync("d.txt", "4"));

        var revision = await Reader.GetRevisionAsync(_ada, Name, null, Cancel);
        revision.Commit.ShouldBe(new CommitView(second.CommitId, "two", "\nwith a body", "ada", _time.GetUtcNow(), first.CommitId));
        revision.Files.Select(file => file.Path).ShouldBe(["a.txt", "d.txt"]);
        (await Reader.GetRevisionAsync(_ada, Name, first.CommitId, Cancel)).Files.Select(file => file.Path).ShouldBe(["a.txt", "b/c.txt"]);
        (second.IsNew, second.ParentId, second.CommitId.Length).ShouldBe((true, first.CommitId, 40));
        (await _catalog.Get<RepositoryCatalog>().GetAsync(_ada, Name, Cancel)).Bytes.ShouldBe(2);
    }

    [Fact]
    public async Task ReplacedTree_HoldsOnlyWhatWasNamed()
    {
        await CommitAsync("one", await PutAsync("a.txt", "1"), await PutAsync("b.txt", "2"));

        await Publisher.CommitAsync(_ada, Name, new CommitRequest { Message = "all", Files = [await PutAsync("c.txt", "3")], ReplacesTree = true }, Cancel);

        (await Reader.GetRevisionAsync(_ada, Name, null, Cancel)).Files.Select(file => file.Path).ShouldBe(["c.txt"]);
    }

    [Fact]
    public async Task SameTree_IsTheRevisionThatIsThere()
    {
        var first = await CommitAsync("one", await PutAsync("a.txt", "1"));
        _time.Advance(TimeSpan.FromSeconds(1));

        var again = await CommitAsync("another message", await PutAsync("a.txt", "1"));

        (again.CommitId, again.IsNew).ShouldBe((first.CommitId, false));
        (await Reader.ListCommitsAsync(_ada, Name, null, 0, 10, Cancel)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task RepeatedRequestWhoseAnswerWasLost_IsNoConflict()
    {
        var first = await CommitAsync("one", await PutAsync("a.txt", "1"));
        var request = new CommitRequest { Message = "two", ExpectedParent = first.CommitId, Files = [await PutAsync("b.txt", "2"), FileChange.Delete("a.txt")] };
        var second = await Publisher.CommitAsync(_ada, Name, request, Cancel);

        var repeated = await Publisher.CommitAsync(_ada, Name, request, Cancel);

        (repeated.CommitId, repeated.IsNew).ShouldBe((second.CommitId, false));
    }

    [Fact]
    public async Task AnotherHeadThanExpected_IsAConflict()
    {
        var first = await CommitAsync("one", await PutAsync("a.txt", "1"));
        await CommitAsync("two", await PutAsync("a.txt", "2"));

        var refused = await Should.ThrowAsync<CatalogException>(async () => await Publisher.CommitAsync(_ada, Name,
            new CommitRequest { Message = "three", ExpectedParent = first.CommitId, Files = [await PutAsync("a.txt", "3")] }, Cancel));

        refused.Fault.ShouldBe(CatalogFault.Conflict);
        refused.Message.ShouldContain("changed meanwhile");
    }

    [Fact]
    public async Task ManyAtOnce_AllLandOneAfterTheOther()
    {
        var puts = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => PutAsync($"{i}.txt", $"{i}")));

        await Task.WhenAll(puts.Select(put => CommitAsync($"adds {put.Path}", put)));

        (await Reader.GetRevisionAsync(_ada, Name, null, Cancel)).Files.Count.ShouldBe(6);
        (await Reader.ListCommitsAsync(_ada, Name, null, 0, 10, Cancel)).Count.ShouldBe(6);
    }

    [Fact]
    public async Task EveryFaultOfTheFiles_IsToldAtOnce()
    {
        var unknown = new string('0', 64);

        var refused = await Should.ThrowAsync<CatalogException>(async () => await CommitAsync("bad",
            FileChange.Put("../a", unknown), FileChange.Put("b", unknown), FileChange.Delete("c"), await PutAsync("README.md", "1"), await PutAsync("readme.md", "2")));

        refused.Fault.ShouldBe(CatalogFault.Invalid);
        refused.Details.Count.ShouldBe(4);
        (await Reader.FindRevisionAsync(_ada, Name, null, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task DigestOfBytesThatOneMayNotRead_CannotBeCommitted()
    {
        var secret = await PutAsync("secret.txt", "the weights of a private adapter");
        await CommitAsync("private", secret);
        var mine = RepositoryName.Parse("eve/y");
        await _catalog.Get<RepositoryCatalog>().CreateAsync(_eve, new NewRepository(mine, RepositoryKind.Dataset, RepositoryVisibility.Private), Cancel);
        var request = new CommitRequest { Message = "steal", Files = [secret with { Path = "loot.txt" }] };

        (await Should.ThrowAsync<CatalogException>(() => Publisher.CommitAsync(_eve, mine, request, Cancel))).Message.ShouldContain("upload the file first");

        // The same digest is hers once she may read it, or has sent the bytes herself.
        await _catalog.Get<RepositoryCatalog>().SetVisibilityAsync(_ada, Name, RepositoryVisibility.Public, Cancel);
        (await Publisher.CommitAsync(_eve, mine, request, Cancel)).IsNew.ShouldBeTrue();
    }

    [Fact]
    public async Task BytesThatOneSentOneself_CanBeCommittedThoughAnotherHasThemInPrivate()
    {
        await CommitAsync("private", await PutAsync("secret.txt", "the same bytes"));
        var mine = RepositoryName.Parse("eve/y");
        await _catalog.Get<RepositoryCatalog>().CreateAsync(_eve, new NewRepository(mine, RepositoryKind.Dataset, RepositoryVisibility.Private), Cancel);

        await Publisher.CommitAsync(_eve, mine, new CommitRequest { Message = "mine", Files = [await PutAsync("own.txt", "the same bytes", _eve)] }, Cancel);

        (await Reader.GetRevisionAsync(_eve, mine, null, Cancel)).Files.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task StrangerAndReader_CannotPublish()
    {
        var request = new CommitRequest { Message = "x", Files = [await PutAsync("a", "1", _eve)] };
        (await Should.ThrowAsync<CatalogException>(() => Publisher.CommitAsync(_eve, Name, request, Cancel))).Fault.ShouldBe(CatalogFault.NotFound);
        await _catalog.Get<RepositoryCatalog>().SetCollaboratorAsync(_ada, Name, "eve", AccessRole.Reader, Cancel);
        (await Should.ThrowAsync<CatalogException>(() => Publisher.CommitAsync(_eve, Name, request, Cancel))).Fault.ShouldBe(CatalogFault.Forbidden);
        await _catalog.Get<RepositoryCatalog>().SetCollaboratorAsync(_ada, Name, "eve", AccessRole.Writer, Cancel);
        (await Publisher.CommitAsync(_eve, Name, request, Cancel)).IsNew.ShouldBeTrue();
        (await Should.ThrowAsync<CatalogException>(() => Publisher.CommitAsync(_eve with { Scope = ActorScope.Read }, Name, request, Cancel))).Fault.ShouldBe(CatalogFault.Forbidden);
    }

    [Fact]
    public async Task Quota_CountsTheOwnersBlobsOnceInAllRevisions()
    {
        _limits = _limits with { QuotaBytes = 10 };
        await CommitAsync("one", await PutAsync("a", "12345"));
        await CommitAsync("two", await PutAsync("b", "12345"), await PutAsync("a", "54321"));

        var refused = await Should.ThrowAsync<CatalogException>(async () => await CommitAsync("three", await PutAsync("c", "!")));

        refused.Fault.ShouldBe(CatalogFault.QuotaExceeded);
        refused.Message.ShouldContain("10 bytes");
        (await CommitAsync("four", FileChange.Delete("a"))).IsNew.ShouldBeTrue();
    }

    [Fact]
    public async Task Quota_HoldsForForksToo()
    {
        await CommitAsync("one", await PutAsync("a", "12345678"));
        await _catalog.Get<RepositoryCatalog>().SetVisibilityAsync(_ada, Name, RepositoryVisibility.Public, Cancel);
        _limits = _limits with { QuotaBytes = 4 };
        var target = RepositoryName.Parse("eve/tales");

        (await Should.ThrowAsync<CatalogException>(() => _catalog.Get<RepositoryFork>().ForkAsync(_eve, Name, target, Cancel))).Fault.ShouldBe(CatalogFault.QuotaExceeded);
        (await _catalog.Get<RepositoryCatalog>().FindAsync(_eve, target, Cancel)).ShouldBeNull();
        _limits = _limits with { QuotaBytes = 8 };
        (await _catalog.Get<RepositoryFork>().ForkAsync(_eve, Name, target, Cancel)).Name.ShouldBe(target);
    }

    [Fact]
    public async Task NewRepositoryWithAFaultyFirstRevision_DoesNotComeIntoBeing()
    {
        var name = RepositoryName.Parse("ada/new");
        var repository = new NewRepository(name, RepositoryKind.Dataset, RepositoryVisibility.Private);

        await Should.ThrowAsync<CatalogException>(() => Publisher.CreateAsync(_ada, repository, new CommitRequest { Message = "x", Files = [FileChange.Put("a", new string('0', 64))] }, Cancel));
        (await _catalog.Get<RepositoryCatalog>().FindAsync(_ada, name, Cancel)).ShouldBeNull();

        await Publisher.CreateAsync(_ada, repository, new CommitRequest { Message = "x", Files = [await PutAsync("a", "1")] }, Cancel);
        (await _catalog.Get<RepositoryCatalog>().GetAsync(_ada, name, Cancel)).Head.ShouldNotBeNull();
    }

    [Fact]
    public async Task OpenPages_AreToldAfterTheCommit()
    {
        var told = new List<CatalogChange>();
        using (_catalog.Get<CatalogChanges>().Subscribe(told.Add))
            await CommitAsync("one", await PutAsync("a", "1"));
        await CommitAsync("two", await PutAsync("a", "2"));

        told.ShouldHaveSingleItem().Kind.ShouldBe(CatalogChangeKind.Committed);
    }

    [Fact]
    public async Task EveryCommit_HasAnAuditEntryAndTheIdOfItsContent()
    {
        var first = await CommitAsync("one\nmore", await PutAsync("b", "1"), await PutAsync("a", "2"));
        await CommitAsync("two", await PutAsync("c", "1"));

        await using var context = await _catalog.Contexts.CreateDbContextAsync(Cancel);
        (await context.AuditEntries.Where(entry => entry.Action == "repository.commit").Select(entry => entry.Details).ToListAsync(Cancel))
            .ShouldContain($"main to {first.CommitId}: one");
        var commits = await context.Commits.Include(commit => commit.Files).Include(commit => commit.Parent).ToListAsync(Cancel);
        commits.Count.ShouldBe(2);
        commits.ShouldAllBe(commit => CommitIdentity.Compute(commit, commit.Parent == null ? null : commit.Parent.Id) == commit.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    public async Task EmptyMessage_IsRefused(string message) =>
        (await Should.ThrowAsync<CatalogException>(async () => await CommitAsync(message, await PutAsync("a", "1")))).Fault.ShouldBe(CatalogFault.Invalid);

    [Fact]
    public async Task BranchThatIsNotThere_IsNotFound()
    {
        await CommitAsync("one", await PutAsync("a", "1"));
        var request = new CommitRequest { Branch = "dev", Message = "x", Files = [await PutAsync("a", "2")] };
        (await Should.ThrowAsync<CatalogException>(() => Publisher.CommitAsync(_ada, Name, request, Cancel))).Fault.ShouldBe(CatalogFault.NotFound);

        await Reader.CreateReferenceAsync(_ada, Name, ReferenceKind.Branch, "dev", null, Cancel);
        await Publisher.CommitAsync(_ada, Name, request, Cancel);

        (await Reader.GetRevisionAsync(_ada, Name, "main", Cancel)).Files[0].Digest.ShouldNotBe((await Reader.GetRevisionAsync(_ada, Name, "dev", Cancel)).Files[0].Digest);
    }

    private Task<PublishedCommit> CommitAsync(string message, params FileChange[] files) =>
        Publisher.CommitAsync(_ada, Name, new CommitRequest { Message = message, Files = files }, Cancel);

    private async Task<FileChange> PutAsync(string path, string text, Actor? actor = null) =>
        FileChange.Put(path, (await _catalog.Get<BlobStore>().ReceiveAsync(actor ?? _ada, new MemoryStream(Encoding.UTF8.GetBytes(text)), null, Cancel)).Digest);
}
