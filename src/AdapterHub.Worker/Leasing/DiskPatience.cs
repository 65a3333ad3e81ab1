namespace AdapterHub.Worker.Leasing;

/// <summary>How long a run waits for room on a disk that is full: first seconds, then a minute at a time, half an hour in all.</summary>
internal sealed class DiskPatience(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan InAll = TimeSpan.FromMinutes(30);
    private TimeSpan _next = First;
    private TimeSpan _waited;

    public bool IsOver => _waited >= InAll;

    public string Describe(string reason) =>
        $"The worker's disk took no more: {reason.TrimEnd('.')}. The run waits for room and goes on from its last checkpoint; it tries again in {_next.TotalSeconds:0} s, for {InAll.TotalMinutes:0} minutes in all.";

    /// <param name="ended">Ends the wait early.</param>
    /// <param name="cancel">Ends the wait with an exception.</param>
    public async Task WaitAsync(Task ended, CancellationToken cancel)
    {
        await Task.WhenAny(ended, Task.Delay(_next, time, cancel)).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        _waited += _next;
        _next = _next * 2 < Longest ? _next * 2 : Longest;
    }
}
