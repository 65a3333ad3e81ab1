using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Runs;

/// <summary>Which of a worker's events go into the log, and what they change in the run's row.</summary>
internal static class RunAppending
{
    private const int LongestEvent = 256 << 10;
    private const int LongestKind = 40;

    public static void Append(Run run, RunLogWriter log, IReadOnlyList<IncomingRunEvent> events)
    {
        foreach (var happened in events)
        {
            if (happened.Number <= run.LeaseSequence)
                continue;
            if (happened.Number != run.LeaseSequence + 1)
                throw new CatalogException(CatalogFault.Conflict, $"Event {happened.Number} came where {run.LeaseSequence + 1} is next; send what is in between first.");
            Check(happened);
            run.LeaseSequence = happened.Number;
            if (IsReplay(run, happened))
                continue;
            Apply(run, happened);
            log.Add(happened.Kind, happened.Json, happened.Step, happened.At);
        }
    }

    /// <summary>
    /// After a crash the run goes on from its last checkpoint and takes some steps again, which the log has. On the CPU they are the same to the
    /// last bit; the curve has every step once.
    /// </summary>
    private static bool IsReplay(Run run, IncomingRunEvent happened) => happened.Kind switch
    {
        RunEventKinds.Step => happened.Step <= run.Step,
        RunEventKinds.Evaluation => happened.Step <= run.EvaluatedStep,
        _ => false,
    };

    private static void Apply(Run run, IncomingRunEvent happened)
    {
        if (happened.Kind == RunEventKinds.Step && happened.Step is { } step)
            (run.Step, run.LostLeases) = (step, 0);
        // Weights are learnt from the beginning after a crash: no step of theirs is a step forward.
        if (happened.Kind == RunEventKinds.WeightsStep && happened.Step is { } learning)
            run.Step = learning;
        if (happened.Kind == RunEventKinds.Evaluation && happened.Step is { } evaluated)
            run.EvaluatedStep = evaluated;
        if (happened.Progress is not { } progress)
            return;
        run.Steps = progress.Steps ?? run.Steps;
        run.Loss = Finite(progress.Loss) ?? run.Loss;
        run.HeldOutLoss = Finite(progress.HeldOutLoss) ?? run.HeldOutLoss;
        run.SecondsLeft = Finite(progress.SecondsLeft) ?? run.SecondsLeft;
        run.TokensPerSecond = Finite(progress.TokensPerSecond) ?? run.TokensPerSecond;
    }

    private static void Check(IncomingRunEvent happened)
    {
        // What only the hub can know is not the worker's to say.
        if (happened.Kind is RunEventKinds.State or RunEventKinds.Published or RunEventKinds.Checkpoint || happened.Kind.Length is 0 or > LongestKind)
            throw new CatalogException(CatalogFault.Invalid, $"A worker does not tell events of the kind \"{happened.Kind}\".");
        var first = happened.Kind == RunEventKinds.Step ? 1 : 0;
        if (happened.Kind is RunEventKinds.Step or RunEventKinds.Evaluation && (happened.Step is null || happened.Step < first))
            throw new CatalogException(CatalogFault.Invalid, $"Event {happened.Number} belongs to a step and does not say which.");
        if (happened.Json.Length > LongestEvent || !happened.Json.StartsWith('{') || happened.Json.Contains('\n', StringComparison.Ordinal))
            throw new CatalogException(CatalogFault.Invalid, $"Event {happened.Number} is no JSON object on one line of at most {ByteText.Of(LongestEvent)}.");
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
