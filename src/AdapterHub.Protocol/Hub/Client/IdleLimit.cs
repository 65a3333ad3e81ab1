namespace AdapterHub.Protocol.Hub.Client;

/// <summary>Cancels when nobody touched it for a while.</summary>
internal sealed class IdleLimit : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly ITimer _timer;
    private readonly TimeSpan _idle;

    public IdleLimit(TimeSpan idle, TimeProvider time, CancellationToken cancel)
    {
        _idle = idle;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _timer = time.CreateTimer(_ => _source.Cancel(), null, idle, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _source.Token;

    public void Touch() => _timer.Change(_idle, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }
}
