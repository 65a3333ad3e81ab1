using System.Globalization;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Components.Shared;
using AdapterHub.Web.Formatting;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Runs and what happens in them, in plain words. Never markup: pages write them as text.</summary>
internal static class RunWords
{
    public static string Kind(RunKind kind) => kind switch { RunKind.Train => "training", RunKind.Blend => "blend", _ => "evaluation" };

    public static string State(RunState state) => state switch
    {
        RunState.Queued => "waiting",
        RunState.Running => "running",
        RunState.Pausing => "pausing",
        RunState.Paused => "paused",
        RunState.Cancelling => "stopping",
        RunState.Succeeded => "done",
        RunState.Failed => "failed",
        _ => "cancelled",
    };

    public static Tone Tone(RunState state) => state switch
    {
        RunState.Running => Shared.Tone.Accent,
        RunState.Succeeded => Shared.Tone.Ok,
        RunState.Failed => Shared.Tone.Danger,
        RunState.Pausing or RunState.Paused or RunState.Cancelling => Shared.Tone.Warning,
        RunState.Queued => Shared.Tone.Info,
        _ => Shared.Tone.Neutral,
    };

    /// <summary>Where the run stands, in a sentence.</summary>
    /// <param name="place">In the queue, from 1; null where it waits for other runs.</param>
    public static string Sentence(RunView run, int? place) => run.State switch
    {
        RunState.Queued when place is 1 => "Next in the queue: it begins as soon as a worker is free.",
        RunState.Queued when place is { } number => $"Number {number} in the queue.",
        RunState.Queued => "Waiting for the run before it.",
        RunState.Running => $"Running on {run.Worker ?? "a worker"}{(run.Attempt > 1 ? $", attempt {run.Attempt}" : "")}.",
        RunState.Pausing => "Asked to pause: the worker finishes its step and leaves a checkpoint.",
        RunState.Paused => "Paused. It keeps its last checkpoint and goes on from there when somebody resumes it.",
        RunState.Cancelling => "Asked to stop: the worker ends after its step.",
        RunState.Succeeded => run.Result is { } result ? $"Done; the adapter is published as {result}." : "Done.",
        RunState.Failed => "Failed. Trying it again goes on from its last checkpoint.",
        _ => "Cancelled. Trying it again goes on from its last checkpoint.",
    };

    public static double? Share(RunView run) => run.Steps > 0 ? Math.Clamp((double)run.Step / run.Steps, 0, 1) : null;

    public static string Steps(RunView run) => run.Steps > 0 ? $"{Display.Exact(run.Step)} of {Display.Exact(run.Steps)} steps" : "not begun";

    /// <summary>A line of the log; null for what the page shows elsewhere.</summary>
    public static (Tone Tone, string Text)? Line(RunEvent happened) => happened switch
    {
        PhaseEntered phase => (Shared.Tone.Neutral, Sentence(phase.Phase) + (phase.Share is { } share ? $", {Display.Share(share)}" : "")),
        TrainingStarted started => (Shared.Tone.Info, Started(started)),
        HeldOutMeasured { Loss: { } loss } measured => (Shared.Tone.Neutral, string.Create(CultureInfo.InvariantCulture, $"Held-out loss {loss:0.0000} at step {measured.Step} (perplexity {measured.Perplexity:0.00}).")),
        HeldOutMeasured measured => (Shared.Tone.Neutral, $"Samples written at step {measured.Step}."),
        CheckpointSaved saved => (Shared.Tone.Neutral, $"Checkpoint of step {saved.Step} is on the hub."),
        RunWarned warned => (Shared.Tone.Warning, Sentence(warned.Message)),
        RunLogged logged => (Shared.Tone.Neutral, logged.Line),
        FileMeasured file => (Shared.Tone.Neutral, string.Create(CultureInfo.InvariantCulture, $"{file.Path}: loss {file.Loss:0.0000}, perplexity {file.Perplexity:0.00}.")),
        TrainingFinished done => (Shared.Tone.Ok, string.Create(CultureInfo.InvariantCulture, $"Trained {done.Steps} steps in {Display.Duration(TimeSpan.FromSeconds(done.Seconds))}; the weights of step {done.KeptStep} are kept.")),
        EvaluationFinished { BaseLoss: { } alone } done => (Shared.Tone.Ok, string.Create(CultureInfo.InvariantCulture, $"Perplexity {done.Perplexity:0.00} with the adapter and {Math.Exp(alone):0.00} without, over {Display.Count(done.Tokens)} tokens.")),
        EvaluationFinished done => (Shared.Tone.Ok, string.Create(CultureInfo.InvariantCulture, $"Loss {done.Loss:0.0000}, perplexity {done.Perplexity:0.00} over {Display.Count(done.Tokens)} tokens.")),
        RunStateChanged changed => (Tone(Enum.Parse<RunState>(changed.State.ToString())), Changed(changed)),
        AdapterPublished published => (Shared.Tone.Ok, $"Published as {published.Repository}, revision {Display.ShortDigest(published.CommitId)}."),
        RunInterrupted interrupted => (Shared.Tone.Warning, $"Stopped after step {interrupted.Step}."),
        RunFailed failed => (Shared.Tone.Danger, failed.Message),
        _ => null,
    };

    private static string Started(TrainingStarted started) =>
        $"{(started.ResumedAt > 0 ? $"Goes on after step {started.ResumedAt}" : "Training begins")} on {started.Device} in {started.DType}: {Display.Counted(started.TrainableParameters, "weight")} of "
        + $"{Display.Count(started.TotalParameters)}, {Display.Exact(started.Steps)} steps of {started.BatchSize * started.Accumulate} rows with {started.SequenceLength} tokens, from {Display.Count(started.Tokens)} tokens of text.";

    private static string Changed(RunStateChanged changed)
    {
        var words = changed.State switch
        {
            HubRunState.Queued => "Waits for a worker",
            HubRunState.Running => "A worker has it",
            HubRunState.Pausing => "Somebody asked it to pause",
            HubRunState.Paused => "Paused",
            HubRunState.Cancelling => "Somebody asked it to stop",
            HubRunState.Succeeded => "Done",
            HubRunState.Failed => "Failed",
            _ => "Cancelled",
        };
        return changed.Message is { Length: > 0 } message ? $"{words}: {message}" : words + ".";
    }

    private static string Sentence(string words) => words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
}
