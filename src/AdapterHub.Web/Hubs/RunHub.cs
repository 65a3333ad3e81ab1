using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Api.Runs;
using Microsoft.AspNetCore.SignalR;

namespace AdapterHub.Web.Hubs;

/// <summary>
/// Runs as they happen, for anybody with a session or a token: <c>stream("Watch", run, after)</c> gives every event of a run above a number once and
/// in order, <c>stream("WatchQueue")</c> the runs that wait or are at work and then every change. Who reconnects asks from the last number it saw.
/// </summary>
internal sealed partial class RunHub(RunReader runs, LastingCaller callers, ILogger<RunHub> logger) : Hub
{
    public const string Path = "/hubs/runs";
    private const int MostStreams = 32;
    private const string Streams = "streams";

    public IAsyncEnumerable<RunEventView> Watch(long run, long after, CancellationToken cancel) =>
        StreamAsync(runs.WatchAsync(FindActorAsync, run, after, cancel), cancel);

    public IAsyncEnumerable<HubRun> WatchQueue(CancellationToken cancel) =>
        StreamAsync(runs.WatchQueueAsync(FindActorAsync, cancel).Select(RunRecords.Record), cancel);

    /// <summary>The border of a stream. A message of the catalogue is for people; anything else stays inside, and in the log.</summary>
    private async IAsyncEnumerable<T> StreamAsync<T>(IAsyncEnumerable<T> source, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stream = Begin();
        await using var items = source.GetAsyncEnumerator(cancel);
        while (true)
        {
            try
            {
                if (!await items.MoveNextAsync())
                    yield break;
            }
            catch (CatalogException refused)
            {
                throw new HubException(refused.Message, refused);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogFault(logger, fault, Context.ConnectionId);
                throw new HubException("The hub failed; its log says how. Watch again from the last number.", fault);
            }

            yield return items.Current;
        }
    }

    private ValueTask<Actor> FindActorAsync(CancellationToken cancel) =>
        Context.User is { } user ? callers.FindAsync(user, cancel) : ValueTask.FromResult(Actor.Anonymous);

    [LoggerMessage(1, LogLevel.Error, "A stream of connection {Connection} failed")]
    private static partial void LogFault(ILogger logger, Exception fault, string connection);

    private StreamCount Begin()
    {
        var count = (StreamCount)(Context.Items.TryGetValue(Streams, out var known) ? known! : Context.Items[Streams] = new StreamCount())!;
        return count.TryTake(MostStreams) ? count : throw new HubException($"A connection watches at most {MostStreams} things at once.");
    }

    private sealed class StreamCount : IDisposable
    {
        private int _count;

        public bool TryTake(int most)
        {
            if (Interlocked.Increment(ref _count) <= most)
                return true;
            Interlocked.Decrement(ref _count);
            return false;
        }

        public void Dispose() => Interlocked.Decrement(ref _count);
    }
}

/// <summary>An event goes out as the bytes that it is kept as, made once for all viewers.</summary>
internal sealed class RunEventConverter : JsonConverter<RunEventView>
{
    public override RunEventView Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, RunEventView value, JsonSerializerOptions options) => writer.WriteRawValue(value.Utf8Json.Span, skipInputValidation: true);
}
