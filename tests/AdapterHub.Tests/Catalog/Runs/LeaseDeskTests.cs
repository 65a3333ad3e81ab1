using System.Security.Cryptography;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;

namespace AdapterHub.Tests.Catalog.Runs;

public sealed class LeaseDeskTests : IAsyncLifetime
{
    private RunCatalog _runs = null!;

    private static CancellationToken Cancel => RunCatalog.Cancel;

    public async ValueTask InitializeAsync() => _runs = await RunCatalog.CreateAsync();

    public ValueTask DisposeAsync() => _runs.DisposeAsync();

    [Fact]
    public async Task People_TakeTurns()
    {
        var ada = new[] { await _runs.StartAsync(_runs.Ada), await _runs.StartAsync(_runs.Ada), await _runs.StartAsync(_runs.Ada) };
        var bob = await _runs.StartAsync(_runs.Bob);

        var order = new List<long>();
        for (var k = 0; k < 4; k++)
        {
            var lease = await _runs.LeaseAsync();
            order.Add(lease.RunId);
            await _runs.FinishAsync(lease);
        }

        order.ShouldBe([ada[0], bob, ada[1], ada[2]]);
    }

    [Fact]
    public async Task WorkerThatWantsBlends_GetsNothingElse()
    {
        await _runs.StartAsync(_runs.Ada);
        var worker = await _runs.AddWorkerAsync("w2");

        (await _runs.Leases.LeaseAsync(worker, TimeSpan.Zero, RunKind.Blend, null, Cancel)).ShouldBeNull();
        (await _runs.Leases.LeaseAsync(worker, TimeSpan.Zero, Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Companion_IsOfTheSamePersonAndBase_WhileNobodyElseWaits()
    {
        RunSubmission Training(RunSubmission run) => run with { Kind = RunKind.Train, Target = RepositoryName.Of("ada", $"made-{_runs.Time.GetUtcNow().ToUnixTimeSeconds()}") };
        var first = await _runs.StartAsync(_runs.Ada, Training);
        var other = await _runs.StartAsync(_runs.Ada, run => Training(run) with { SpecJson = "{\"other\":1}" });
        var alike = await _runs.StartAsync(_runs.Ada, Training);
        var lease = await _runs.LeaseAsync();
        lease.RunId.ShouldBe(first);
        static bool CanShare(string one, string two) => one == two;

        var companion = (await _runs.Leases.LeaseCompanionAsync(_runs.Worker, first, lease.Token, CanShare, null, Cancel)).ShouldNotBeNull();
        companion.RunId.ShouldBe(alike);
        (await _runs.Leases.LeaseCompanionAsync(_runs.Worker, first, lease.Token, CanShare, null, Cancel)).ShouldBeNull();
        await _runs.StartAsync(_runs.Bob);
        (await _runs.Leases.LeaseCompanionAsync(_runs.Worker, first, lease.Token, (_, _) => true, null, Cancel)).ShouldBeNull("Bob waits");
        (await Should.ThrowAsync<CatalogException>(() => _runs.Leases.LeaseCompanionAsync(_runs.Worker, first, companion.Token, CanShare, null, Cancel))).Fault.ShouldBe(CatalogFault.Gone);
        (await _runs.StateAsync(other)).ShouldBe(RunState.Queued);
    }

    [Fact]
    public async Task Lease_NamesTheFilesThatWereFixedAtTheStart()
    {
        await _runs.StartAsync(_runs.Ada);

        var lease = await _runs.LeaseAsync();

        lease.Inputs.Select(input => $"{input.Reference} {input.Path}").ShouldBe(["ada/base config.json", "ada/base tokenizer.json", "ada/texts more/b.jsonl", "ada/texts train.txt"]);
        (await _runs.Leases.LeaseAsync(await _runs.AddWorkerAsync("w2"), TimeSpan.Zero, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task RepeatedBatch_IsStoredOnceAndAGapIsRefused()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        var lease = await _runs.LeaseAsync();
        var before = (await _runs.EventsAsync(id)).Count;

        await AppendAsync(lease, _runs.Step(1, 1), _runs.Step(2, 2));
        (await AppendAsync(lease, _runs.Step(1, 1), _runs.Step(2, 2), _runs.Step(3, 3))).Stored.ShouldBe(3);
        (await Should.ThrowAsync<CatalogException>(() => AppendAsync(lease, _runs.Step(5, 5)))).Fault.ShouldBe(CatalogFault.Conflict);

        var events = await _runs.EventsAsync(id);
        events.Select(e => e.Number).ShouldBe(Enumerable.Range(1, before + 3).Select(n => (long)n));
        events.Skip(before).Select(e => e.Step).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task LostLease_IsRefusedAndTheNextTellsEveryStepOnce()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        var first = await _runs.LeaseAsync();
        await AppendAsync(first, _runs.Step(1, 1), _runs.Step(2, 2), _runs.Step(3, 3));
        _runs.Time.Advance(TimeSpan.FromMinutes(2));
        (await _runs.Leases.ExpireAsync(Cancel)).ShouldBe(1);

        (await Should.ThrowAsync<CatalogException>(() => AppendAsync(first, _runs.Step(4, 4)))).Fault.ShouldBe(CatalogFault.Gone);
        var second = await _runs.LeaseAsync(await _runs.AddWorkerAsync("w2"));
        second.Attempt.ShouldBe(2);
        await _runs.Leases.AppendAsync(await Identity("w2"), id, second.Token, [_runs.Step(1, 2), _runs.Step(2, 3), _runs.Step(3, 4)], Cancel);

        (await _runs.EventsAsync(id)).Where(e => e.Kind == "step").Select(e => e.Step).ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task SignsOfLife_KeepTheLease()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        var lease = await _runs.LeaseAsync();
        for (var k = 0; k < 5; k++)
        {
            _runs.Time.Advance(TimeSpan.FromSeconds(45));
            await _runs.Leases.RenewAsync(_runs.Worker, id, lease.Token, RunState.Queued, TimeSpan.Zero, Cancel);
            await _runs.Leases.ExpireAsync(Cancel);
        }

        (await _runs.StateAsync(id)).ShouldBe(RunState.Running);
    }

    [Fact]
    public async Task WorkerThatStartsAnew_GivesItsRunsBack()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        await _runs.LeaseAsync();

        await _runs.Leases.RegisterAsync(_runs.Worker, new WorkerDescription("cpu", false, null, "1"), Cancel);

        (await _runs.StateAsync(id)).ShouldBe(RunState.Queued);
    }

    [Fact]
    public async Task RunThatEndsItsWorkers_FailsInTheEnd()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        for (var k = 0; k < 5; k++)
        {
            await _runs.LeaseAsync();
            await _runs.Leases.RegisterAsync(_runs.Worker, new WorkerDescription("cpu", false, null, "1"), Cancel);
        }

        var run = await _runs.Reader.GetAsync(_runs.Ada, id, Cancel);
        run.State.ShouldBe(RunState.Failed);
        run.Message!.ShouldContain("5 times");
    }

    [Fact]
    public async Task Wish_ReachesAWaitingWorkerAtOnce()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        var lease = await _runs.LeaseAsync();
        var waiting = _runs.Leases.RenewAsync(_runs.Worker, id, lease.Token, RunState.Running, TimeSpan.FromMinutes(1), Cancel);

        await _runs.Desk.PauseAsync(_runs.Ada, id, Cancel);
        (await waiting).State.ShouldBe(RunState.Pausing);
        await _runs.FinishAsync(lease, RunOutcome.Stopped);
        (await _runs.StateAsync(id)).ShouldBe(RunState.Paused);

        await _runs.Desk.ResumeAsync(_runs.Ada, id, Cancel);
        (await _runs.LeaseAsync()).RunId.ShouldBe(id);
    }

    [Fact]
    public async Task CancelledWhileItFinishes_IsCancelled()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        var lease = await _runs.LeaseAsync();
        await _runs.Desk.CancelAsync(_runs.Ada, id, Cancel);

        await _runs.FinishAsync(lease);
        await _runs.FinishAsync(lease);

        (await _runs.StateAsync(id)).ShouldBe(RunState.Cancelled);
    }

    [Fact]
    public async Task Dependants_WaitForSuccessAndEndWithFailure()
    {
        var first = await _runs.StartAsync(_runs.Ada);
        var second = await _runs.StartAsync(_runs.Ada, s => s with { After = [first], Priority = 10 });
        var third = await _runs.StartAsync(_runs.Ada, s => s with { After = [second] });
        var lease = await _runs.LeaseAsync();
        lease.RunId.ShouldBe(first);
        (await _runs.Leases.LeaseAsync(await _runs.AddWorkerAsync("w2"), TimeSpan.Zero, Cancel)).ShouldBeNull();
        await _runs.FinishAsync(lease);

        lease = await _runs.LeaseAsync();
        lease.RunId.ShouldBe(second);
        await _runs.FinishAsync(lease, RunOutcome.Failed);

        (await _runs.StateAsync(third)).ShouldBe(RunState.Cancelled);
    }

    [Fact]
    public async Task Checkpoint_NeedsItsEventsAndItsBytes()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        var lease = await _runs.LeaseAsync();
        var files = _runs.Catalog.Get<RunFiles>();
        var digest = Convert.ToHexStringLower(SHA256.HashData("state"u8));
        RunStoredFile[] stored = [new("trainer.json", digest, 5)];

        (await Should.ThrowAsync<CatalogException>(() => files.SaveCheckpointAsync(_runs.Worker, id, lease.Token, 2, stored, [], Cancel))).Message.ShouldContain("events");
        await AppendAsync(lease, _runs.Step(1, 1), _runs.Step(2, 2));
        (await Should.ThrowAsync<CatalogException>(() => files.SaveCheckpointAsync(_runs.Worker, id, lease.Token, 2, stored, [], Cancel))).Message.ShouldContain("bytes");
        using (var bytes = new MemoryStream("state"u8.ToArray()))
            await files.ReceiveAsync(_runs.Worker, id, lease.Token, bytes, digest, isResult: false, Cancel);
        await files.SaveCheckpointAsync(_runs.Worker, id, lease.Token, 2, stored, [], Cancel);
        await _runs.Leases.RegisterAsync(_runs.Worker, new WorkerDescription("cpu", false, null, "1"), Cancel);

        var next = await _runs.LeaseAsync();
        next.Checkpoints.ShouldHaveSingleItem().Step.ShouldBe(2);
        (await files.GetPathAsync(_runs.Worker, id, next.Token, digest, Cancel)).ShouldEndWith(digest[2..]);
    }

    [Fact]
    public async Task Worker_GetsNoBytesOfAnythingElse()
    {
        await _runs.AddRepositoryAsync(_runs.Bob, "secret", RepositoryKind.Dataset, RepositoryVisibility.Private, ("secret.txt", "secret"));
        var id = await _runs.StartAsync(_runs.Ada);
        var lease = await _runs.LeaseAsync();
        var files = _runs.Catalog.Get<RunFiles>();
        var secret = Convert.ToHexStringLower(SHA256.HashData("secret"u8));

        (await Should.ThrowAsync<CatalogException>(() => files.GetPathAsync(_runs.Worker, id, lease.Token, secret, Cancel))).Fault.ShouldBe(CatalogFault.NotFound);
        await AppendAsync(lease, _runs.Step(1, 1));
        (await Should.ThrowAsync<CatalogException>(() => files.SaveCheckpointAsync(_runs.Worker, id, lease.Token, 1, [new("a", secret, 6)], [], Cancel))).Fault.ShouldBe(CatalogFault.Conflict);
        (await Should.ThrowAsync<CatalogException>(() => files.GetPathAsync(_runs.Worker, id, "wrong", lease.Inputs[0].Digest, Cancel))).Fault.ShouldBe(CatalogFault.Gone);
    }

    [Fact]
    public async Task GpuRun_WaitsForAGpu()
    {
        var id = await _runs.StartAsync(_runs.Ada, s => s with { NeedsGpu = true });

        (await _runs.Leases.LeaseAsync(_runs.Worker, TimeSpan.Zero, Cancel)).ShouldBeNull();
        (await _runs.LeaseAsync(await _runs.AddWorkerAsync("gpu", hasGpu: true))).RunId.ShouldBe(id);
    }

    [Fact]
    public async Task RevokedWorker_IsNobody()
    {
        var registry = _runs.Catalog.Get<WorkerRegistry>();
        var made = await registry.CreateAsync(Actor.Hub, "gone", Cancel);
        await registry.RevokeAsync(Actor.Hub, made.View.Id, Cancel);

        (await registry.FindAsync(made.Token, Cancel)).ShouldBeNull();
    }

    private Task<RunReceipt> AppendAsync(RunLease lease, params IncomingRunEvent[] events) => _runs.Leases.AppendAsync(_runs.Worker, lease.RunId, lease.Token, events, Cancel);

    private async Task<WorkerIdentity> Identity(string name)
    {
        var all = await _runs.Catalog.Get<WorkerRegistry>().ListAsync(Actor.Hub, Cancel);
        return new WorkerIdentity(all.Single(worker => worker.Name == name).Id, name);
    }

    /// <summary>The answer did not reach the worker, so it asks again under the same name.</summary>
    [Fact]
    public async Task RequestMadeAgain_IsGivenTheSameLease()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        var lease = (await _runs.Leases.LeaseAsync(_runs.Worker, TimeSpan.Zero, null, "first", Cancel)).ShouldNotBeNull();

        (await _runs.Leases.LeaseAsync(_runs.Worker, TimeSpan.Zero, null, "first", Cancel)).ShouldNotBeNull().Token.ShouldBe(lease.Token);
        (await _runs.Leases.LeaseRunAsync(_runs.Worker, id, "first", Cancel)).Token.ShouldBe(lease.Token);
        (await _runs.Leases.LeaseAsync(_runs.Worker, TimeSpan.Zero, null, "second", Cancel)).ShouldBeNull();
        (await _runs.Leases.LeaseAsync(await _runs.AddWorkerAsync("w2"), TimeSpan.Zero, null, "first", Cancel)).ShouldBeNull();
        await _runs.FinishAsync(lease);
        (await _runs.Leases.LeaseAsync(_runs.Worker, TimeSpan.Zero, null, "first", Cancel)).ShouldBeNull();
    }
}
