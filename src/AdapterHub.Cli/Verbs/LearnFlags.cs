using System.CommandLine;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Verbs;

/// <summary>Flags for weights that are found from text.</summary>
internal sealed class LearnFlags
{
    private static readonly WeightLearningSettings Defaults = new() { Data = new TextSource { Files = [] } };
    private static readonly Option<string[]> Files =
        Flag.Many("--learn", "FILE", "find the weights from this text instead of giving them: .txt, .jsonl or .csv files, folders, or patterns in quotes", manyPerFlag: true);

    private readonly TextFlags _text = new(Files);
    private readonly Option<int> _steps = Flag.Number("--learn-steps", "N", "steps of gradient descent", Defaults.Steps);
    private readonly Option<double> _rate = Flag.Number("--learn-rate", "RATE", "about how far a weight moves in the first steps", Defaults.LearningRate);
    private readonly Option<int> _batch = Flag.Number("--learn-batch", "ROWS", "rows of a step", Defaults.BatchSize);
    private readonly Option<int?> _sequence = Flag.Number<int>("--learn-seq", "TOKENS", "tokens of a row (default: the base's context, at most 256)");
    private readonly Option<string> _by = Flag.Choice("--learn-by", "one weight an adapter, or one for each layer of the model", "adapter", "adapter", "layer");
    private readonly Option<ulong> _seed = Flag.Number("--learn-seed", "N", "order of the text, and which of it is held out", Defaults.Seed);

    public IReadOnlyList<FlagGroup> Groups =>
    [
        new("Learning weights", [.. _text.GroupWithHeldOut.Flags.Take(3), _steps, _rate, _batch, _sequence, _by, _seed]),
        new("Text to learn from", [.. _text.GroupWithHeldOut.Flags.Skip(3)]),
    ];

    /// <summary>Null where no text was named.</summary>
    public WeightLearningSettings? Read(Invocation invocation) => invocation.Parse.GetResult(Files) is null ? null : new WeightLearningSettings
    {
        Data = _text.Read(invocation),
        Steps = invocation.Get(_steps),
        LearningRate = invocation.Get(_rate),
        BatchSize = invocation.Get(_batch),
        SequenceLength = invocation.Get(_sequence),
        ByLayer = invocation.Get(_by).Equals("layer", StringComparison.OrdinalIgnoreCase),
        Seed = invocation.Get(_seed),
    };
}
