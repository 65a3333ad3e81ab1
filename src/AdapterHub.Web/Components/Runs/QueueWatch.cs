using System.Data.Common;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Runs;
using AdapterHub.Web.Components.Shared;

namespace AdapterHub.Web.Components.Runs;

/// <summary>
/// Keeps a page that is made of runs as they are: told of every run of the queue that its reader may see, it draws the page anew. Begun before the page
/// reads for the first time, nothing falls between the two.
/// </summary>
/// <param name="who">Who reads the page, asked again and again.</param>
/// <param name="take">A run changed: what the page has to do about it.</param>
internal sealed class QueueWatch(RunReader reader, Func<CancellationToken, ValueTask<Actor>> who, Func<RunView, QueueChange> take, DrawThrottle throttle)
{
    /// <summary>False before it begins, and where the queue cannot be read on: loading the page again watches again.</summary>
    public bool IsLive { get; private set; }

    public void Begin(CancellationToken left)
    {
        IsLive = true;
        _ = WatchAsync(left);
    }

    private async Task WatchAsync(CancellationToken left)
    {
        try
        {
            await foreach (var run in reader.WatchQueueAsync(who, left))
            {
                if (take(run) is not QueueChange.None and var change)
                    throttle.Ask(isStale: change == QueueChange.Read);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or ObjectDisposedException)
        {
            // The reader left.
        }
        catch (DbException)
        {
            // The page stays as it was.
            IsLive = false;
        }
    }
}

/// <summary>What a change of one run means for a page made of runs.</summary>
internal enum QueueChange
{
    None,

    /// <summary>What it holds is drawn.</summary>
    Draw,

    /// <summary>It is read anew.</summary>
    Read,
}
