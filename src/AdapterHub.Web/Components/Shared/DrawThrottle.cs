namespace AdapterHub.Web.Components.Shared;

/// <summary>Draws at most once an interval however often it is asked to, and once more after the last time.</summary>
/// <param name="draw">Calls <c>StateHasChanged</c> on the renderer's thread.</param>
public sealed class DrawThrottle(Func<Task> draw, TimeProvider time, TimeSpan? interval = null) : IDisposable
{
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource _gone = new();
    private int _isAsked;

    /// <summary>Returns at once; any thread.</summary>
    public void Ask()
    {
        if (Interlocked.Exchange(ref _isAsked, 1) == 0)
            _ = DrawLaterAsync();
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    private async Task DrawLaterAsync()
    {
        try
        {
            await Task.Delay(interval ?? Usual, time, _gone.Token);
            Volatile.Write(ref _isAsked, 0);
            await draw();
        }
        catch (Exception left) when (left is OperationCanceledException or ObjectDisposedException)
        {
            // The reader left.
        }
    }
}
