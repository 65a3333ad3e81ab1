using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;

namespace AdapterHub.Tests.Catalog.Runs;

public sealed class RunDeskTests : IAsyncLifetime
{
    private RunCatalog _runs = null!;

    private static CancellationToken Cancel => RunCatalog.Cancel;

    public async ValueTask InitializeAsync() => _runs = await RunCatalog.CreateAsync();

    public ValueTask DisposeAsync() => _runs.DisposeAsync();

    [Fact]
    public async Task SameKeyTwiceAtOnce_IsOneRun()
    {
        var started = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _runs.Desk.StartAsync(_runs.Ada, _runs.Submission(key: "click"), Cancel)));

        started.Select(one => one.Run.Id).Distinct().ShouldHaveSingleItem();
        started.Count(one => one.IsNew).ShouldBe(1);
        (await Should.ThrowAsync<CatalogException>(() => _runs.Desk.StartAsync(_runs.Ada, _runs.Submission(key: "click") with { SpecJson = "{\"a\":1}" }, Cancel))).Fault.ShouldBe(CatalogFault.Conflict);
        (await _runs.Desk.StartAsync(_runs.Bob, _runs.Submission("bob", "click"), Cancel)).IsNew.ShouldBeTrue();
    }

    [Fact]
    public async Task Strangers_NeitherSeeNorAct()
    {
        var id = await _runs.StartAsync(_runs.Ada);

        foreach (var other in new[] { _runs.Bob, Actor.Anonymous })
        {
            await HiddenAsync(() => _runs.Reader.GetAsync(other, id, Cancel));
            await HiddenAsync(() => _runs.Reader.ReadEventsAsync(other, id, 0, 10, Cancel));
            await HiddenAsync(() => _runs.Reader.ReadSeriesAsync(other, id, ["loss"], 10, cancel: Cancel));
            await HiddenAsync(() => _runs.Desk.CancelAsync(other, id, Cancel));
            await HiddenAsync(() => _runs.Desk.RetryAsync(other, id, Cancel));
            await HiddenAsync(async () => await _runs.Reader.WatchAsync(other, id, 0, Cancel).GetAsyncEnumerator(Cancel).MoveNextAsync());
            (await _runs.Reader.ListAsync(other, new RunQuery(), Cancel)).Total.ShouldBe(0);
        }

        (await Should.ThrowAsync<CatalogException>(() => _runs.StartAsync(_runs.Bob, s => s with { Owner = "ada" }))).Fault.ShouldBe(CatalogFault.Forbidden);
        (await Should.ThrowAsync<CatalogException>(() => _runs.Desk.CancelAsync(_runs.Ada with { Scope = ActorScope.Read }, id, Cancel))).Fault.ShouldBe(CatalogFault.Forbidden);
    }

    [Fact]
    public async Task OrganisationsRun_IsItsWritersAndNotItsReaders()
    {
        var reader = await _runs.Catalog.AddUserAsync("reader");
        await _runs.Catalog.AddOrganizationAsync("guild", (_runs.Ada, AccessRole.Owner), (_runs.Bob, AccessRole.Writer), (reader, AccessRole.Reader));
        var id = await _runs.StartAsync(_runs.Ada, s => s with { Owner = "guild" });

        await HiddenAsync(() => _runs.Reader.GetAsync(reader, id, Cancel));
        (await _runs.Reader.ListAsync(_runs.Bob, new RunQuery { Mine = true }, Cancel)).Total.ShouldBe(1);
        (await _runs.Desk.CancelAsync(_runs.Bob, id, Cancel)).State.ShouldBe(RunState.Cancelled);
    }

    /// <summary>Who sees an adapter that is there already is not the run's to say.</summary>
    [Fact]
    public async Task PublicRunForARepositoryThatIsThere_NeedsItToBePublic()
    {
        await _runs.AddRepositoryAsync(_runs.Ada, "hidden", RepositoryKind.Adapter, RepositoryVisibility.Private);
        await _runs.AddRepositoryAsync(_runs.Ada, "open", RepositoryKind.Adapter, RepositoryVisibility.Public);
        RunSubmission Into(string name, RepositoryVisibility asked) => _runs.Submission() with { IsPublic = true, Target = RepositoryName.Of("ada", name), TargetVisibility = asked };

        var refused = await Should.ThrowAsync<CatalogException>(() => _runs.Desk.StartAsync(_runs.Ada, Into("hidden", RepositoryVisibility.Public), Cancel));
        refused.Message.ShouldContain("ada/hidden is there already and is not public");
        (await Should.ThrowAsync<CatalogException>(() => _runs.Desk.StartAsync(_runs.Ada, Into("new", RepositoryVisibility.Private), Cancel))).Fault.ShouldBe(CatalogFault.Invalid);
        (await _runs.Desk.StartAsync(_runs.Ada, Into("open", RepositoryVisibility.Private), Cancel)).IsNew.ShouldBeTrue();
        (await _runs.Desk.StartAsync(_runs.Ada, Into("hidden", RepositoryVisibility.Private) with { IsPublic = false }, Cancel)).IsNew.ShouldBeTrue();
    }

    [Fact]
    public async Task PublicRun_IsSeenWhileAllThatItReadsIsPublic()
    {
        var id = await _runs.StartAsync(_runs.Ada, s => s with { IsPublic = true });
        (await _runs.Reader.GetAsync(Actor.Anonymous, id, Cancel)).Id.ShouldBe(id);
        (await Should.ThrowAsync<CatalogException>(() => _runs.Desk.CancelAsync(_runs.Bob, id, Cancel))).Fault.ShouldBe(CatalogFault.Forbidden);

        await _runs.Catalog.Get<RepositoryCatalog>().SetVisibilityAsync(_runs.Ada, RepositoryName.Parse("ada/texts"), RepositoryVisibility.Private, Cancel);

        await HiddenAsync(() => _runs.Reader.GetAsync(Actor.Anonymous, id, Cancel));
        (await Should.ThrowAsync<CatalogException>(() => _runs.StartAsync(_runs.Ada, s => s with { IsPublic = true }))).Message.ShouldContain("ada/texts");
    }

    [Fact]
    public async Task PrivateData_IsNotReadThroughARun()
    {
        await _runs.AddRepositoryAsync(_runs.Bob, "secret", RepositoryKind.Dataset, RepositoryVisibility.Private, ("secret.txt", "secret"));

        (await Should.ThrowAsync<CatalogException>(() => _runs.StartAsync(_runs.Ada, s => s with { Texts = ["bob/secret"] }))).Fault.ShouldBe(CatalogFault.Invalid);
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("secret"u8));
        (await Should.ThrowAsync<CatalogException>(() => _runs.StartAsync(_runs.Ada, s => s with { Texts = [$"sha256:{digest}:a.txt"] }))).Fault.ShouldBe(CatalogFault.Invalid);
        (await _runs.Desk.StartAsync(_runs.Bob, _runs.Submission("bob") with { Texts = [$"sha256:{digest}:a.txt"] }, Cancel)).IsNew.ShouldBeTrue();
    }

    [Fact]
    public async Task TooManyUnfinished_AreRefused()
    {
        _runs.Catalog.Get<RunLimits>().UnfinishedPerOwner = 2;
        await _runs.StartAsync(_runs.Ada);
        var id = await _runs.StartAsync(_runs.Ada);

        (await Should.ThrowAsync<CatalogException>(() => _runs.StartAsync(_runs.Ada))).Fault.ShouldBe(CatalogFault.QuotaExceeded);
        await _runs.Desk.CancelAsync(_runs.Ada, id, Cancel);
        await _runs.StartAsync(_runs.Ada);
    }

    private static async Task HiddenAsync(Func<Task> ask) => (await Should.ThrowAsync<CatalogException>(ask)).Fault.ShouldBe(CatalogFault.NotFound);
}
