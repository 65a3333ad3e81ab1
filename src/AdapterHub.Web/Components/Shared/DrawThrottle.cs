using System.Data.Common;

namespace AdapterHub.Web.Components.Shared;

/// <summary>Draws at most once a pace however often it is asked to, and once more after the last time.</summary>
/// <param name="draw">Calls <c>StateHasChanged</c>.</param>
/// <param name="invoke">Brings it to the renderer's thread.</param>
/// <param name="clock">For the pace.</param>
/// <param name="pace">Between two drawings.</param>
/// <param name="left">The reader has left: nothing is drawn any more.</param>
internal sealed class DrawThrottle(Action draw, Func<Func<Task>, Task> invoke, TimeProvider clock, TimeSpan pace, CancellationToken left)
{
    private int _isAsked;
    private int _isStale;

    /// <summary>Reads anew what is drawn, on the renderer's thread.</summary>
    public Func<Task> Read { get; init; } = () => Task.CompletedTask;

    /// <summary>Returns at once; any thread.</summary>
    /// <param name="isStale">What is shown is read anew first.</param>
    public void Ask(bool isStale = false)
    {
        if (isStale)
            Volatile.Write(ref _isStale, 1);
        if (Interlocked.Exchange(ref _isAsked, 1) == 0)
            _ = DrawLaterAsync();
    }

    private async Task DrawLaterAsync()
    {
        try
        {
            await Task.Delay(pace, clock, left);
            Volatile.Write(ref _isAsked, 0);
            await invoke(DrawAsync);
        }
        catch (Exception gone) when (gone is OperationCanceledException or ObjectDisposedException)
        {
            // The reader left.
        }
    }

    private async Task DrawAsync()
    {
        if (Interlocked.Exchange(ref _isStale, 0) == 1)
        {
            try
            {
                await Read();
            }
            catch (DbException)
            {
                // The database was busy: once more at the next drawing.
                Ask(isStale: true);
            }
        }

        draw();
    }
}
