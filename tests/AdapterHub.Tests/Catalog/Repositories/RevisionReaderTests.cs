using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;

namespace AdapterHub.Tests.Catalog.Repositories;

public sealed class RevisionReaderTests : IAsyncLifetime
{
    private static readonly RepositoryName Name = RepositoryName.Parse("ada/x");
    private TemporaryCatalog _catalog = null!;
    private Actor _ada = null!;
    private RepositoryView _repository = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RevisionReader Reader => _catalog.Get<RevisionReader>();

    public async ValueTask InitializeAsync()
    {
        _catalog = await TemporaryCatalog.CreateAsync();
        _ada = await _catalog.AddUserAsync("ada");
        _repository = await _catalog.Get<RepositoryCatalog>().CreateAsync(_ada, new NewRepository(Name, RepositoryKind.Adapter, RepositoryVisibility.Public), Cancel);
    }

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    [Fact]
    public async Task EmptyRepository_HasNoRevisionAndNoCommits()
    {
        (await Reader.FindRevisionAsync(_ada, Name, null, Cancel)).ShouldBeNull();
        (await Reader.ListCommitsAsync(_ada, Name, null, 0, 10, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Revision_IsFoundByBranchTagAndId()
    {
        var first = await _catalog.AddCommitAsync(_repository.Id, 1);
        await Reader.CreateReferenceAsync(_ada, Name, ReferenceKind.Tag, "v1/final", null, Cancel);
        var second = await _catalog.AddCommitAsync(_repository.Id, 2);

        (await Reader.GetRevisionAsync(_ada, Name, null, Cancel)).Commit.Id.ShouldBe(second);
        (await Reader.GetRevisionAsync(_ada, Name, "v1/final", Cancel)).Commit.Id.ShouldBe(first);
        (await Reader.GetRevisionAsync(_ada, Name, first, Cancel)).Commit.ParentId.ShouldBeNull();
        (await Reader.GetRevisionAsync(_ada, Name, second, Cancel)).Commit.ParentId.ShouldBe(first);
        (await Should.ThrowAsync<CatalogException>(() => Reader.GetRevisionAsync(_ada, Name, "nothing", Cancel))).Fault.ShouldBe(CatalogFault.NotFound);
    }

    [Fact]
    public async Task Commits_ArePagedNewestFirst()
    {
        var ids = new List<string>();
        for (var seed = 1; seed <= 7; seed++)
            ids.Insert(0, await _catalog.AddCommitAsync(_repository.Id, seed));

        (await Reader.ListCommitsAsync(_ada, Name, null, 0, 3, Cancel)).Select(c => c.Id).ShouldBe(ids[..3]);
        (await Reader.ListCommitsAsync(_ada, Name, null, 3, 3, Cancel)).Select(c => c.Id).ShouldBe(ids[3..6]);
        (await Reader.ListCommitsAsync(_ada, Name, ids[5], 0, 10, Cancel)).Select(c => c.Id).ShouldBe(ids[5..]);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a..b")]
    [InlineData("/a")]
    [InlineData("a b")]
    [InlineData("0123456789012345678901234567890123456789")]
    public async Task BadReferenceName_IsRefused(string name)
    {
        await _catalog.AddCommitAsync(_repository.Id, 1);
        (await Should.ThrowAsync<CatalogException>(() => Reader.CreateReferenceAsync(_ada, Name, ReferenceKind.Branch, name, null, Cancel)))
            .Fault.ShouldBe(CatalogFault.Invalid);
    }

    [Fact]
    public async Task DefaultBranch_CannotBeRemoved()
    {
        await _catalog.AddCommitAsync(_repository.Id, 1);
        (await Should.ThrowAsync<CatalogException>(() => Reader.DeleteReferenceAsync(_ada, Name, ReferenceKind.Branch, "main", Cancel)))
            .Fault.ShouldBe(CatalogFault.Conflict);
    }

    [Fact]
    public async Task Compare_SaysWhatWasAddedRemovedAndChanged()
    {
        var first = await _catalog.AddCommitAsync(_repository.Id, 1, "a");
        var second = await _catalog.AddCommitAsync(_repository.Id, 2, "a");
        var third = await _catalog.AddCommitAsync(_repository.Id, 3, "b");

        (await Reader.CompareAsync(_ada, Name, first, second, Cancel)).ShouldHaveSingleItem().Kind.ShouldBe(FileChangeKind.Changed);
        (await Reader.CompareAsync(_ada, Name, second, third, Cancel)).Select(d => (d.Path, d.Kind))
            .ShouldBe([("a", FileChangeKind.Removed), ("b", FileChangeKind.Added)]);
    }
}
