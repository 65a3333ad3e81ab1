using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Tests.Catalog.Repositories;

public sealed class RepositoryCatalogTests : IAsyncLifetime
{
    private static readonly RepositoryName Kjv = RepositoryName.Parse("ada/king-james");
    private TemporaryCatalog _catalog = null!;
    private Actor _ada = null!;
    private Actor _bob = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RepositoryCatalog Repositories => _catalog.Get<RepositoryCatalog>();

    public async ValueTask InitializeAsync()
    {
        _catalog = await TemporaryCatalog.CreateAsync();
        _ada = await _catalog.AddUserAsync("ada");
        _bob = await _catalog.AddUserAsync("bob");
    }

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    private Task<RepositoryView> Create(RepositoryVisibility visibility = RepositoryVisibility.Public, Actor? actor = null, RepositoryName? name = null) =>
        Repositories.CreateAsync(actor ?? _ada, new NewRepository(name ?? Kjv, RepositoryKind.Adapter, visibility), Cancel);

    private static async Task<CatalogException> Fault(CatalogFault fault, Func<Task> deed)
    {
        var thrown = await Should.ThrowAsync<CatalogException>(deed);
        thrown.Fault.ShouldBe(fault, thrown.Message);
        return thrown;
    }

    [Theory]
    [InlineData("ada/x", true)]
    [InlineData("Ada_1/x.y-z", true)]
    [InlineData("ada", false)]
    [InlineData("ada/x/y", false)]
    [InlineData("ada/..", false)]
    [InlineData("ada/a--b", false)]
    [InlineData("ada/x.git", false)]
    [InlineData("ada/-x", false)]
    [InlineData("ada/\u0430", false)]
    [InlineData("ada/x\n", false)]
    [InlineData("", false)]
    public void Name_FollowsTheHubsRules(string text, bool valid) => RepositoryName.TryParse(text, out _).ShouldBe(valid);

    [Fact]
    public async Task Created_IsFoundWhateverTheCaseOfItsName()
    {
        await Create();

        var found = await Repositories.GetAsync(Actor.Anonymous, RepositoryName.Parse("ADA/King-James"), Cancel);

        found.Name.ShouldBe(Kjv);
        found.Role.ShouldBe(AccessRole.Reader);
        found.Moved.ShouldBeFalse();
    }

    [Fact]
    public async Task Created_UnderAnotherPersonsName_IsForbidden() =>
        (await Fault(CatalogFault.Forbidden, () => Create(actor: _bob))).Message.ShouldContain("ada");

    [Fact]
    public async Task Created_WithATokenThatOnlyReads_IsForbidden() =>
        await Fault(CatalogFault.Forbidden, () => Create(actor: _ada with { Scope = ActorScope.Read }));

    [Fact]
    public async Task Created_Twice_IsAConflict()
    {
        await Create();
        await Fault(CatalogFault.Conflict, () => Create(name: RepositoryName.Parse("ada/KING-james")));
    }

    [Theory]
    [InlineData(RepositoryVisibility.Public, true, true)]
    [InlineData(RepositoryVisibility.Unlisted, true, false)]
    [InlineData(RepositoryVisibility.Private, false, false)]
    public async Task Visibility_DecidesWhatAStrangerSees(RepositoryVisibility visibility, bool readable, bool listed)
    {
        await Create(visibility);
        await using var context = await _catalog.Contexts.CreateDbContextAsync(Cancel);

        foreach (var stranger in new[] { Actor.Anonymous, _bob })
        {
            (await Repositories.FindAsync(stranger, Kjv, Cancel) is not null).ShouldBe(readable);
            (await RepositoryAccess.Readable(context, stranger).AnyAsync(Cancel)).ShouldBe(readable);
            (await RepositoryAccess.Listed(context, stranger).AnyAsync(Cancel)).ShouldBe(listed);
        }

        (await RepositoryAccess.Listed(context, _ada).AnyAsync(Cancel)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(AccessRole.Reader)]
    [InlineData(AccessRole.Writer)]
    [InlineData(AccessRole.Owner)]
    public async Task Collaborator_SeesAPrivateRepositoryWithTheRoleGiven(AccessRole role)
    {
        await Create(RepositoryVisibility.Private);

        await Repositories.SetCollaboratorAsync(_ada, Kjv, "BOB", role, Cancel);
        (await Repositories.GetAsync(_bob, Kjv, Cancel)).Role.ShouldBe(role);

        await Repositories.SetCollaboratorAsync(_ada, Kjv, "bob", AccessRole.None, Cancel);
        (await Repositories.FindAsync(_bob, Kjv, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task OrganizationsWriter_CreatesButDoesNotManage()
    {
        await _catalog.AddOrganizationAsync("lab", (_ada, AccessRole.Owner), (_bob, AccessRole.Writer));
        var name = RepositoryName.Parse("lab/x");
        await Create(RepositoryVisibility.Private, _bob, name);

        (await Repositories.GetAsync(_bob, name, Cancel)).Role.ShouldBe(AccessRole.Writer);
        await Fault(CatalogFault.Forbidden, () => Repositories.TrashAsync(_bob, name, Cancel));
        (await Repositories.TrashAsync(_ada, name, Cancel)).DeletedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Stranger_IsToldNothingOfAPrivateRepository()
    {
        await Create(RepositoryVisibility.Private);

        var hidden = await Fault(CatalogFault.NotFound, () => Repositories.TrashAsync(_bob, Kjv, Cancel));
        var absent = await Fault(CatalogFault.NotFound, () => Repositories.TrashAsync(_bob, RepositoryName.Parse("ada/nothing"), Cancel));

        hidden.Message.Replace("king-james", "nothing", StringComparison.Ordinal).ShouldBe(absent.Message);
    }

    [Fact]
    public async Task Moved_IsFoundUnderItsOldNameUntilSomebodyTakesIt()
    {
        await Create();
        var renamed = RepositoryName.Parse("ada/bible");
        await Repositories.MoveAsync(_ada, Kjv, renamed, Cancel);

        var found = await Repositories.GetAsync(_bob, Kjv, Cancel);
        found.Name.ShouldBe(renamed);
        found.Moved.ShouldBeTrue();

        await Create();
        (await Repositories.GetAsync(_bob, Kjv, Cancel)).Name.ShouldBe(Kjv);
        (await Repositories.GetAsync(_bob, renamed, Cancel)).Name.ShouldBe(renamed);
    }

    [Fact]
    public async Task MovedBack_HasItsOldNameAgain()
    {
        await Create();
        var renamed = RepositoryName.Parse("ada/bible");
        await Repositories.MoveAsync(_ada, Kjv, renamed, Cancel);
        await Repositories.MoveAsync(_ada, renamed, Kjv, Cancel);

        (await Repositories.GetAsync(_bob, renamed, Cancel)).Name.ShouldBe(Kjv);
    }

    [Fact]
    public async Task MovedToSomebodyElse_NeedsTheirConsent()
    {
        await Create();
        await Fault(CatalogFault.Forbidden, () => Repositories.MoveAsync(_ada, Kjv, RepositoryName.Parse("bob/king-james"), Cancel));
    }

    [Fact]
    public async Task Trashed_IsGoneForOthersAndComesBackWhole()
    {
        var created = await Create();
        var commit = await _catalog.AddCommitAsync(created.Id, 1);
        await Repositories.TrashAsync(_ada, Kjv, Cancel);

        (await Repositories.FindAsync(_bob, Kjv, Cancel)).ShouldBeNull();
        (await Repositories.ListTrashAsync(_ada, Cancel)).ShouldHaveSingleItem().Name.ShouldBe(Kjv);
        (await Repositories.ListTrashAsync(_bob, Cancel)).ShouldBeEmpty();
        (await Fault(CatalogFault.Conflict, () => Create())).Message.ShouldContain("trash");

        await Repositories.RestoreAsync(_ada, Kjv, Cancel);
        (await Repositories.GetAsync(_bob, Kjv, Cancel)).Head.ShouldBe(commit);
    }

    [Fact]
    public async Task Purged_FreesTheNameAndLeavesForksWhole()
    {
        var created = await Create();
        await _catalog.AddCommitAsync(created.Id, 1);
        var commit = await _catalog.AddCommitAsync(created.Id, 2);
        var fork = await _catalog.Get<RepositoryFork>().ForkAsync(_bob, Kjv, RepositoryName.Parse("bob/mine"), Cancel);
        await Fault(CatalogFault.Conflict, () => Repositories.PurgeAsync(_ada, Kjv, Cancel));

        await Repositories.TrashAsync(_ada, Kjv, Cancel);
        await Repositories.PurgeAsync(_ada, Kjv, Cancel);

        (await Repositories.FindAsync(_ada, Kjv, Cancel)).ShouldBeNull();
        await Create();
        var left = await _catalog.Get<RevisionReader>().ListCommitsAsync(_bob, fork.Name, null, 0, 10, Cancel);
        left.Select(c => c.Id).First().ShouldBe(commit);
        left.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Liked_CountsEachPersonOnce()
    {
        await Create();
        await Repositories.SetLikeAsync(_ada, Kjv, true, Cancel);
        await Repositories.SetLikeAsync(_bob, Kjv, true, Cancel);
        await Repositories.SetLikeAsync(_bob, Kjv, true, Cancel);

        var seen = await Repositories.GetAsync(_bob, Kjv, Cancel);
        seen.Likes.ShouldBe(2);
        seen.Liked.ShouldBeTrue();

        await Repositories.SetLikeAsync(_bob, Kjv, false, Cancel);
        (await Repositories.GetAsync(_bob, Kjv, Cancel)).Likes.ShouldBe(1);
        await Fault(CatalogFault.SignInRequired, () => Repositories.SetLikeAsync(Actor.Anonymous, Kjv, true, Cancel));
    }

    [Fact]
    public async Task Fork_HasTheSameCommitsAndIsALineOfItsOwn()
    {
        var created = await Create(RepositoryVisibility.Public);
        var ids = new[] { await _catalog.AddCommitAsync(created.Id, 1), await _catalog.AddCommitAsync(created.Id, 2), await _catalog.AddCommitAsync(created.Id, 3) };
        var target = RepositoryName.Parse("bob/fork");

        var fork = await _catalog.Get<RepositoryFork>().ForkAsync(_bob, Kjv, target, Cancel);

        fork.ForkOf.ShouldBe(Kjv);
        var reader = _catalog.Get<RevisionReader>();
        (await reader.ListCommitsAsync(_bob, target, null, 0, 10, Cancel)).Select(c => c.Id).ShouldBe(ids.Reverse());
        (await reader.GetRevisionAsync(_bob, target, ids[0], Cancel)).Files.ShouldHaveSingleItem().Length.ShouldBe(1);
        await _catalog.AddCommitAsync(fork.Id, 4);
        (await Repositories.GetAsync(_bob, Kjv, Cancel)).Head.ShouldBe(ids[2]);
    }

    [Fact]
    public async Task ForkOfAPrivateRepository_IsForItsReadersAndStaysPrivate()
    {
        await Create(RepositoryVisibility.Private);
        var target = RepositoryName.Parse("bob/fork");
        await Fault(CatalogFault.NotFound, () => _catalog.Get<RepositoryFork>().ForkAsync(_bob, Kjv, target, Cancel));
        await Repositories.SetCollaboratorAsync(_ada, Kjv, "bob", AccessRole.Reader, Cancel);

        (await _catalog.Get<RepositoryFork>().ForkAsync(_bob, Kjv, target, Cancel)).Visibility.ShouldBe(RepositoryVisibility.Private);
    }
}
