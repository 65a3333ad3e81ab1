using System.Text.Json;
using System.Text.Json.Nodes;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Api.Workers;

/// <summary>Reads a worker's events: only what is an event of a run gets into a log.</summary>
internal static class WorkerEvents
{
    public static async Task<IReadOnlyList<IncomingRunEvent>> ReadAsync(Stream lines, CancellationToken cancel)
    {
        using var reader = new StreamReader(lines);
        var events = new List<IncomingRunEvent>();
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line.Length > 0)
                events.Add(Read(line));
        }

        return events;
    }

    public static IncomingRunEvent Read(string line)
    {
        try
        {
            var happened = JsonSerializer.Deserialize(line, ProtocolJson.Default.RunEvent) ?? throw new JsonException("it is null");
            // Number and time are columns of the log; the hub numbers anew.
            var json = (JsonObject)JsonNode.Parse(line)!;
            json.Remove("number");
            json.Remove("at");
            var kind = json["event"]!.GetValue<string>();
            return new IncomingRunEvent(happened.Number, happened.At, kind, StepOf(happened), json.ToJsonString()) { Progress = ProgressOf(happened) };
        }
        catch (Exception wrong) when (wrong is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new CatalogException(CatalogFault.Invalid, $"A line is no event of a run: {wrong.Message}");
        }
    }

    private static int? StepOf(RunEvent happened) => happened switch
    {
        StepTaken step => step.Step,
        HeldOutMeasured measured => measured.Step,
        WeightsStep step => step.Step,
        _ => null,
    };

    private static RunProgress? ProgressOf(RunEvent happened) => happened switch
    {
        TrainingStarted started => new RunProgress(Steps: started.Steps),
        StepTaken step => new RunProgress(step.Steps, step.Loss, SecondsLeft: step.SecondsLeft, TokensPerSecond: step.TokensPerSecond),
        HeldOutMeasured measured => new RunProgress(HeldOutLoss: measured.Loss),
        TrainingFinished trained => new RunProgress(HeldOutLoss: trained.HeldOutLoss),
        WeightsStep learning => new RunProgress(learning.Steps, learning.Loss),
        WeightsLearned learned => new RunProgress(HeldOutLoss: learned.HeldOut?.Learned),
        EvaluationFinished evaluated => new RunProgress(HeldOutLoss: evaluated.Loss),
        _ => null,
    };
}
