using System.Text.Json;
using System.Threading.Channels;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;

namespace AdapterHub.Worker.Leasing;

/// <summary>
/// Numbers the events of a lease and sends them in order, as many at once as have gathered. While the hub is away they wait here; when too many do,
/// whoever adds waits too.
/// </summary>
internal sealed class EventSender(WorkerClient client, LeasedRun lease, TimeProvider time, Action<HubRunState> wished) : IDisposable
{
    private const int MostWaiting = 100_000;
    private const int LargestBatch = 500;
    private const int LargestBatchChars = 4 << 20;
    private readonly Channel<(long Number, string Line)> _queue = Channel.CreateBounded<(long, string)>(MostWaiting);
    private readonly SemaphoreSlim _order = new(1, 1);
    private TaskCompletionSource _moved = New();
    private long _number;
    private long _stored;

    /// <summary>The number of the event added last.</summary>
    public long Last => Volatile.Read(ref _number);

    public void Dispose() => _order.Dispose();

    public async Task AddAsync(RunEvent happened, CancellationToken cancel)
    {
        await _order.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await _queue.Writer.WriteAsync((_number + 1, Line(happened with { Number = _number + 1 })), cancel).ConfigureAwait(false);
            _number++;
        }
        finally
        {
            _order.Release();
        }
    }

    /// <summary>An event of the worker's own.</summary>
    public Task TellAsync(RunEvent happened, CancellationToken cancel) => AddAsync(happened with { At = time.GetUtcNow() }, cancel);

    /// <summary>The event that ends the lease, numbered on, for whoever ends it; the hub has all before it then.</summary>
    public async Task<JsonElement> CloseAsync(RunEvent happened, CancellationToken cancel)
    {
        await _order.WaitAsync(cancel).ConfigureAwait(false);
        _queue.Writer.TryComplete();
        _order.Release();
        await FlushAsync(_number, cancel).ConfigureAwait(false);
        return JsonSerializer.SerializeToElement(happened with { Number = _number + 1 }, ProtocolJson.Default.RunEvent);
    }

    /// <summary>Waits until the hub has all events up to that number.</summary>
    public async Task FlushAsync(long number, CancellationToken cancel)
    {
        while (true)
        {
            var moved = Volatile.Read(ref _moved).Task;
            if (Volatile.Read(ref _stored) >= number)
                return;
            await moved.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Sends until the lease ends or is lost.</summary>
    public async Task SendAsync(CancellationToken cancel)
    {
        var batch = new List<string>();
        while (await _queue.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
        {
            batch.Clear();
            var (last, length) = (0L, 0);
            while (batch.Count < LargestBatch && length < LargestBatchChars && _queue.Reader.TryRead(out var next))
            {
                batch.Add(next.Line);
                (last, length) = (next.Number, length + next.Line.Length);
            }

            var answer = await client.AppendAsync(lease, batch, cancel).ConfigureAwait(false);
            Volatile.Write(ref _stored, last);
            Interlocked.Exchange(ref _moved, New()).SetResult();
            wished(answer.State);
        }
    }

    private static string Line(RunEvent happened) => JsonSerializer.Serialize(happened, ProtocolJson.Default.RunEvent);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
