using System.Globalization;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace AdapterHub.Web.Api.Runs;

/// <summary>What happens in a run: pages of its log, the log as it grows (server-sent events), and metrics for charts.</summary>
internal static class RunWatchEndpoints
{
    private const string EventStream = "text/event-stream";
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(15);

    public static void Map(RouteGroupBuilder root)
    {
        var run = root.MapGroup("/{run:long}").WithTags("Runs");
        run.MapGet("/events", ReadAsync).Needs(ApiNeed.RunViewer).WithName("GetRunEvents").Produces<IReadOnlyList<object>>()
            .WithSummary("Lists events of a run above a number, or streams them")
            .WithDescription("With Accept: text/event-stream the answer goes on as long as the run does; who reconnects sends Last-Event-ID, as browsers do by themselves, and misses nothing.");
        run.MapGet("/metrics", MetricsAsync).Needs(ApiNeed.RunViewer).WithName("GetRunMetrics")
            .WithSummary("Tells metrics over steps").WithDescription("names are divided by commas; about as many points each as asked for, extremes among them.");
    }

    private static async Task ReadAsync(Caller caller, long run, RunReader reader, LastingCaller callers, HttpContext context, TimeProvider time, CancellationToken cancel, long? after = null, int limit = 500)
    {
        var last = context.Request.Headers["Last-Event-ID"] is [{ } text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : after ?? 0;
        var isStream = context.Request.GetTypedHeaders().Accept.Any(accept => accept.MediaType.Equals(EventStream, StringComparison.OrdinalIgnoreCase));
        // The right to it is asked for before the first byte of an answer.
        var page = await reader.ReadEventsAsync(caller, run, last, isStream ? 1 : limit, cancel);
        context.Response.Headers.CacheControl = "no-store";
        if (isStream)
            await StreamAsync(reader.WatchAsync(token => callers.FindAsync(context.User, token), run, last, cancel), context.Response, time, cancel);
        else
            await WriteAsync(context.Response, page, cancel);
    }

    private static async Task WriteAsync(HttpResponse response, IReadOnlyList<RunEventView> page, CancellationToken cancel)
    {
        response.ContentType = "application/json; charset=utf-8";
        var separator = "["u8.ToArray();
        foreach (var happened in page)
        {
            await response.Body.WriteAsync(separator, cancel);
            await response.Body.WriteAsync(happened.Utf8Json, cancel);
            separator = ",\n"u8.ToArray();
        }

        await response.Body.WriteAsync(page.Count == 0 ? "[]"u8.ToArray() : "]"u8.ToArray(), cancel);
    }

    /// <summary>HTML Living Standard, section 9.2. A comment now and then tells a connection that is alive from one that is not.</summary>
    private static async Task StreamAsync(IAsyncEnumerable<RunEventView> source, HttpResponse response, TimeProvider time, CancellationToken cancel)
    {
        response.ContentType = EventStream;
        response.Headers[HeaderNames.ContentEncoding] = "identity";
        response.Headers["X-Accel-Buffering"] = "no";
        await response.Body.FlushAsync(cancel);
        await using var events = source.GetAsyncEnumerator(cancel);
        while (true)
        {
            var next = events.MoveNextAsync().AsTask();
            while (!next.IsCompleted && !cancel.IsCancellationRequested && await Task.WhenAny(next, Task.Delay(Pulse, time, cancel)) != next)
            {
                // A viewer who has left ends the wait for the next event too, which has to be over before the events are let go.
                if (!cancel.IsCancellationRequested)
                    await WriteAsync(response, ":\n\n", cancel);
            }

            try
            {
                if (!await next)
                    break;
            }
            catch (CatalogException)
            {
                // The right to it was lost. Without the last word the reader asks again and hears the reason as a status.
                return;
            }

            await WriteAsync(response, string.Create(CultureInfo.InvariantCulture, $"id: {events.Current.Number}\nevent: {events.Current.Kind}\ndata: {events.Current.Json}\n\n"), cancel);
        }

        // Browsers reconnect when a stream ends; this says that there is no more to come.
        await WriteAsync(response, "event: end\ndata: {}\n\n", cancel);
    }

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancel)
    {
        await response.WriteAsync(text, cancel);
        await response.Body.FlushAsync(cancel);
    }

    private static async Task<Ok<IReadOnlyList<HubMetric>>> MetricsAsync(
        Caller caller, long run, RunReader reader, CancellationToken cancel, string names = "loss,heldOut.loss", int points = 1000, int from = 0, int to = int.MaxValue)
    {
        var series = await reader.ReadSeriesAsync(caller, run, names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), points, from, to, cancel);
        return TypedResults.Ok<IReadOnlyList<HubMetric>>([.. series.Select(RunRecords.Record)]);
    }
}
