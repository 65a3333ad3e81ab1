using System.Globalization;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Output;

/// <summary>Run events in words, the same for pipes and terminals.</summary>
internal static class EventText
{
    public static IEnumerable<string> Lines(RunEvent happened) => happened switch
    {
        TrainingStarted started => Started(started),
        HeldOutMeasured measured => Measured(measured),
        RunWarned warned => [$"warning: {warned.Message}"],
        RunStateChanged state => [$"the run is {state.State.ToString().ToLowerInvariant()}{(state.Message is { } reason ? $": {reason}" : "")}"],
        AdapterPublished published => [$"published as {published.Repository} at {published.CommitId}"],
        RunLogged logged => [logged.Line],
        InterferenceMeasured measured => InterferenceText.Lines(measured),
        WeightsLearned learned => Learned(learned),
        BlendMeasured { Curve.Count: > 0 } measured => [$"error by rank  {string.Join(", ", measured.Curve.Select(point => $"{point.Rank}: {Words.Percent(point.RelativeError)}"))}"],
        BlendProven proven => [Proven(proven)],
        EvaluationFinished { BaseLoss: { } alone } done => [$"perplexity {Words.Perplexity(done.Perplexity)} with the adapter, {Words.Perplexity(Math.Exp(alone))} without"],
        FileMeasured file => [$"{file.Path}: perplexity {Words.Perplexity(file.Perplexity)}, loss {Words.Loss(file.Loss)}, {Words.Count(file.Tokens)} tokens"],
        _ => [],
    };

    public static string Step(StepTaken step, double? heldOut)
    {
        var text = $"step {step.Step}/{step.Steps}  loss {Words.Loss(step.Loss)}";
        if (heldOut is { } loss)
            text += $"  held-out {Words.Loss(loss)}";
        return $"{text}  {Words.Rate(step.TokensPerSecond)}{(step.SecondsLeft is { } left ? $"  {Words.Duration(left)} left" : "")}";
    }

    public static IReadOnlyList<(string Name, string Value)> Report(RunEvent last) => last switch
    {
        TrainingFinished finished => Trained(finished),
        EvaluationFinished evaluated =>
        [
            ("perplexity", Words.Perplexity(evaluated.Perplexity)),
            ("loss", $"{Words.Loss(evaluated.Loss)} nats a token"),
            .. evaluated.BaseLoss is { } alone ? [("base alone", $"perplexity {Words.Perplexity(Math.Exp(alone))}, loss {Words.Loss(alone)}")] : Array.Empty<(string, string)>(),
            ("tokens", Words.Count(evaluated.Tokens)),
            ("time", Words.Duration(evaluated.Seconds)),
        ],
        BlendFinished blended => Blended(blended),
        _ => [],
    };

    private static IEnumerable<string> Started(TrainingStarted started)
    {
        yield return $"{Words.Count(started.TrainableParameters)} of {Words.Count(started.TotalParameters)} parameters are trained "
            + $"({Words.Percent((double)started.TrainableParameters / started.TotalParameters)}), {started.DType}";
        yield return $"{Words.Count(started.Documents)} documents, {Words.Count(started.Tokens)} tokens to learn"
            + (started.HeldOutTokens > 0 ? $", {Words.Count(started.HeldOutTokens)} held out" : ", nothing held out");
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{started.Steps} steps of {started.BatchSize * started.Accumulate} rows of {started.SequenceLength} tokens ({started.Steps / started.StepsPerEpoch:0.0} epochs), learning rate {Words.Number(started.LearningRate)}");
        yield return $"about {Words.Bytes(started.EstimatedBytes)} of memory besides the program itself";
        if (started.ResumedAt > 0)
            yield return $"going on from step {started.ResumedAt}";
    }

    private static IEnumerable<string> Measured(HeldOutMeasured measured)
    {
        if (measured.Loss is { } loss)
            yield return $"held-out    step {measured.Step}: loss {Words.Loss(loss)}, perplexity {Words.Perplexity(measured.Perplexity ?? Math.Exp(loss))}";
        foreach (var sample in measured.Samples)
            yield return $"sample      {sample.Prompt}|{sample.Text.ReplaceLineEndings("\n            ")}";
    }

    private static List<(string, string)> Trained(TrainingFinished finished)
    {
        var rows = new List<(string, string)>
        {
            ("result", $"{finished.Output} ({Words.Bytes(finished.OutputBytes)})"),
            ("parameters", $"{Words.Count(finished.TrainableParameters)} trained of {Words.Count(finished.TotalParameters)} ({Words.Percent((double)finished.TrainableParameters / finished.TotalParameters)})"),
            ("steps", $"{Words.Count(finished.Steps)} in {Words.Duration(finished.Seconds)}{(finished.KeptStep < finished.Steps ? $", of which step {finished.KeptStep} was best and is kept" : "")}"),
            ("speed", $"{Words.Rate(finished.TokensPerSecond)}, {Words.Count(finished.Tokens)} tokens"),
            ("peak memory", Words.Bytes(finished.PeakBytes)),
            ("loss", finished.Loss is { } training ? Words.Loss(training) : "none"),
        };
        if (finished.HeldOutLoss is { } loss)
            rows.Add(("held-out loss", finished.HeldOutLossBefore is { } first ? $"{Words.Loss(first)} before, {Words.Loss(loss)} after" : Words.Loss(loss)));
        if (finished.HeldOutPerplexity is { } perplexity)
            rows.Add(("perplexity", finished.HeldOutLossBefore is { } first ? $"{Words.Perplexity(Math.Exp(first))} before, {Words.Perplexity(perplexity)} after" : Words.Perplexity(perplexity)));
        return rows;
    }

    private static List<(string, string)> Blended(BlendFinished blended) =>
    [
        ("blend", blended.Output.Length > 0 ? $"{blended.Output} ({Words.Bytes(blended.OutputBytes)})" : "not written"),
        ("method", blended.Method.Replace('_', '-')),
        ("exactness", Exactness(blended)),
        ("modules", Words.Count(blended.Modules)),
        ("rank", blended.SmallestRank == blended.LargestRank ? $"{blended.LargestRank}" : $"{blended.SmallestRank} to {blended.LargestRank}"),
        ("parameters", Words.Count(blended.Parameters)),
        ("time", Words.Duration(blended.Seconds)),
    ];

    private static string Proven(BlendProven proven) => string.Create(CultureInfo.InvariantCulture,
        $"on the base  logits differ from those of the adapters by at most {proven.LargestDifference:0.0e-0} where these change them by up to {proven.LargestChange:0.0}; ")
        + $"the same first token at {Words.Percent(proven.SameFirst)} of {proven.Tokens} positions";

    private static IEnumerable<string> Learned(WeightsLearned learned)
    {
        yield return $"weights found  {string.Join(", ", learned.Adapters.Zip(learned.Weights, (name, weight) => $"{name} {Words.Number(weight)}"))}"
            + $" ({(learned.Layers.Count > 0 ? "means over the layers, " : "")}{Words.Count(learned.Tokens)} tokens, {Words.Duration(learned.Seconds)})";
        foreach (var layer in learned.Layers)
            yield return $"               {layer.Layer}  {string.Join("  ", layer.Weights.Select(Words.Number))}";
        if (learned.HeldOut is not { } losses)
            yield break;
        yield return $"held-out loss  {Words.Loss(losses.Learned)} with them, {Words.Loss(losses.Uniform)} with equal weights, "
            + $"{string.Join(", ", learned.Adapters.Zip(losses.Adapters, (name, loss) => $"{Words.Loss(loss)} {name} alone"))}, {Words.Loss(losses.Base)} base";
    }

    private static string Exactness(BlendFinished blended)
    {
        var isSum = blended.Method is "exact" or "low_rank" or "task_arithmetic" or "peft_linear";
        if (blended.IsExact)
            return isSum ? "exact: the weighted sum itself, up to rounding" : "exact: all that the method makes, up to rounding";
        var error = $"{Words.Percent(blended.RelativeError)} (Frobenius norm), at most {Words.Percent(blended.WorstRelativeError)} in {blended.Worst}";
        return blended.Method == "peft_linear" ? $"not the weighted sum: cross terms of {error}" : $"approximate: relative error {error}";
    }
}
