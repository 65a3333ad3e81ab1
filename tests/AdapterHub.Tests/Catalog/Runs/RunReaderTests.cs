using AdapterHub.Catalog;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;

namespace AdapterHub.Tests.Catalog.Runs;

public sealed class RunReaderTests : IAsyncLifetime
{
    private RunCatalog _runs = null!;

    private static CancellationToken Cancel => RunCatalog.Cancel;

    public async ValueTask InitializeAsync() => _runs = await RunCatalog.CreateAsync();

    public ValueTask DisposeAsync() => _runs.DisposeAsync();

    /// <summary>Many viewers that come and go while a run writes: each sees every number once, in order, and the same bytes.</summary>
    [Fact]
    public async Task ViewersThatComeAndGo_SeeEveryEventOnce()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        var lease = await _runs.LeaseAsync();
        var viewers = Enumerable.Range(0, 8).Select(seed => Task.Run(() => WatchInPiecesAsync(id, seed), Cancel)).ToArray();
        for (var number = 1; number <= 400; number += 4)
            await _runs.Leases.AppendAsync(_runs.Worker, id, lease.Token, [.. Enumerable.Range(number, 4).Select(n => _runs.Step(n, n))], Cancel);
        await _runs.FinishAsync(lease);

        var log = (await _runs.EventsAsync(id)).Select(e => e.Json).ToList();
        log.Count.ShouldBe(403);
        foreach (var seen in await Task.WhenAll(viewers))
            seen.ShouldBe(log);
    }

    [Fact]
    public async Task SlowViewer_LosesNothingWhenItsBufferRunsOver()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        var lease = await _runs.LeaseAsync();
        await using var viewer = _runs.Reader.WatchAsync(_runs.Ada, id, 0, Cancel).GetAsyncEnumerator(Cancel);
        var seen = new List<long>();
        for (var k = 0; k < 3; k++)
        {
            (await viewer.MoveNextAsync()).ShouldBe(k < 2 || seen.Count == 2);
            seen.Add(viewer.Current.Number);
            if (k == 1)
                await _runs.Leases.AppendAsync(_runs.Worker, id, lease.Token, [.. Enumerable.Range(1, 900).Select(n => _runs.Step(n, n))], Cancel);
        }

        await _runs.FinishAsync(lease);
        while (await viewer.MoveNextAsync())
            seen.Add(viewer.Current.Number);

        seen.ShouldBe(Enumerable.Range(1, 903).Select(n => (long)n));
    }

    /// <summary>Nothing happens in the run, and still the stream ends.</summary>
    [Fact]
    public async Task RightThatIsLost_EndsAStreamThatWaits()
    {
        _runs.Catalog.Get<RunLimits>().ViewerBelief = TimeSpan.FromMilliseconds(50);
        var id = await _runs.StartAsync(_runs.Ada);
        var actor = _runs.Ada;
        await using var viewer = _runs.Reader.WatchAsync(_ => ValueTask.FromResult(actor), id, 0, Cancel).GetAsyncEnumerator(Cancel);
        (await viewer.MoveNextAsync()).ShouldBeTrue();
        var next = viewer.MoveNextAsync().AsTask();

        await Task.Delay(TimeSpan.FromMilliseconds(300), Cancel);
        next.IsCompleted.ShouldBeFalse();
        actor = _runs.Bob;

        (await Should.ThrowAsync<CatalogException>(() => next.WaitAsync(TimeSpan.FromSeconds(20), Cancel))).Fault.ShouldBe(CatalogFault.NotFound);
    }

    [Fact]
    public async Task Series_AreThinnedWithoutLosingExtremes()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        var lease = await _runs.LeaseAsync();
        var events = Enumerable.Range(1, 600).Select(n => _runs.Step(n, n) with { Json = $$"""{"event":"step","step":{{n}},"loss":{{(n == 333 ? 99 : n % 7)}},"gradientNorm":"NaN"}""" }).ToArray();
        await _runs.Leases.AppendAsync(_runs.Worker, id, lease.Token, events, Cancel);

        var series = await _runs.Reader.ReadSeriesAsync(_runs.Ada, id, ["loss", "gradientNorm", "heldOut.loss"], 40, cancel: Cancel);

        series[0].Count.ShouldBe(600);
        series[0].Points.Count.ShouldBeLessThanOrEqualTo(40);
        series[0].Points.ShouldContain(new MetricPoint(333, 99));
        series[1].Points.ShouldBeEmpty();
        series[2].Points.ShouldBeEmpty();
    }

    [Fact]
    public async Task Queue_TellsWhatIsThereAndWhatChanges()
    {
        var id = await _runs.StartAsync(_runs.Ada);
        await using var viewer = _runs.Reader.WatchQueueAsync(_ => ValueTask.FromResult(_runs.Ada), Cancel).GetAsyncEnumerator(Cancel);
        (await viewer.MoveNextAsync()).ShouldBeTrue();
        viewer.Current.State.ShouldBe(RunState.Queued);

        var next = viewer.MoveNextAsync();
        await _runs.LeaseAsync();
        (await next).ShouldBeTrue();

        (viewer.Current.Id, viewer.Current.State).ShouldBe((id, RunState.Running));
    }

    private async Task<List<string>> WatchInPiecesAsync(long id, int seed)
    {
        var random = new Random(seed);
        var (seen, last, isOver) = (new List<string>(), 0L, false);
        while (!isOver)
        {
            var most = random.Next(1, 60);
            isOver = true;
            await foreach (var happened in _runs.Reader.WatchAsync(_runs.Ada, id, last, Cancel))
            {
                seen.Add(happened.Json);
                last = happened.Number;
                if (--most == 0)
                {
                    isOver = false;
                    break;
                }
            }
        }

        return seen;
    }
}
