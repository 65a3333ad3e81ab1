using System.Net;

namespace AdapterHub.Protocol.Hub.Client;

/// <summary>How long to wait before a request is made again: twice as long each time, somewhat at random, so that clients do not come back all at once.</summary>
internal sealed class HubBackoff(TimeProvider time, int attempts)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>What a hub may ask for; a larger wish is not waited for.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(2);

    private int _failures;

    /// <summary>Something was achieved: counting starts again.</summary>
    public void Reset() => _failures = 0;

    /// <summary>False when it was tried often enough; otherwise returns after the wait.</summary>
    public async Task<bool> WaitAsync(TimeSpan? asked, CancellationToken cancel)
    {
        if (++_failures >= attempts || asked > LongestAsked)
            return false;
        var doubled = First * Math.Pow(2, _failures - 1);
        var wait = doubled < Longest ? doubled : Longest;
#pragma warning disable CA5394 // only spreads clients over time
        wait *= 0.75 + (0.5 * Random.Shared.NextDouble());
#pragma warning restore CA5394
        await Task.Delay(asked > wait ? asked.Value : wait, time, cancel).ConfigureAwait(false);
        return true;
    }

    public static bool IsTransient(HttpStatusCode status) => status
        is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
