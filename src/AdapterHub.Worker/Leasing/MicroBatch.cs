using System.Globalization;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Leasing;

/// <summary>Half the rows in one forward pass and twice the passes: half the activations, the same step.</summary>
internal static class MicroBatch
{
    /// <param name="times">How often to halve.</param>
    public static RunSpec Halved(RunSpec spec, int times) => spec is TrainSpec train && times > 0
        ? train with { Loop = train.Loop with { BatchSize = Math.Max(1, (train.Loop.BatchSize ?? 8) >> times), Accumulate = train.Loop.Accumulate << times } }
        : spec;

    public static string Describe(int batch) => string.Create(CultureInfo.InvariantCulture,
        $"The memory did not suffice for {batch} rows at once. It goes on with {batch / 2} and twice as many passes a step, which learns the same and takes a little longer.");
}
