using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Runs;

/// <summary>The words of those kinds of events that the catalogue knows; all others it keeps as they come.</summary>
public static class RunEventKinds
{
    public const string State = "state";
    public const string Step = "step";
    public const string Evaluation = "evaluation";
    public const string Checkpoint = "checkpoint";
    public const string Published = "published";
    public const string WeightsStep = "weights_step";
}

/// <summary>One event of a run as it is in the log, which never changes.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="At">When it happened.</param>
/// <param name="Kind">Its word, such as <c>step</c>.</param>
/// <param name="Step">Of the training, where it belongs to one.</param>
/// <param name="Utf8Json">The whole event as a JSON object on one line, with number and time.</param>
public sealed record RunEventView(long Number, DateTimeOffset At, string Kind, int? Step, ReadOnlyMemory<byte> Utf8Json)
{
    public string Json => Encoding.UTF8.GetString(Utf8Json.Span);

    internal static RunEventView Of(RunLogEntry entry)
    {
        // Cut to milliseconds, as the database keeps it: replayed and live events are the same bytes.
        var at = DateTimeOffset.FromUnixTimeMilliseconds(entry.At.ToUnixTimeMilliseconds());
        var head = string.Create(CultureInfo.InvariantCulture, $"{{\"number\":{entry.Number},\"at\":\"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\",");
        return new RunEventView(entry.Number, at, entry.Kind, entry.Step, Encoding.UTF8.GetBytes(head + entry.Json[1..]));
    }
}

internal sealed record StateLine(string Event, string State, string? Message);

internal sealed record CheckpointLine(string Event, int Step, string Path);

internal sealed record PublishedLine(string Event, string Repository, string CommitId, IReadOnlyList<string> Warnings);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StateLine))]
[JsonSerializable(typeof(CheckpointLine))]
[JsonSerializable(typeof(PublishedLine))]
internal sealed partial class RunLogJson : JsonSerializerContext;
