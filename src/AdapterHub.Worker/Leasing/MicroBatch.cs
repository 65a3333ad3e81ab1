using System.Globalization;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Leasing;

/// <summary>Fewer rows in one forward pass and more passes: fewer activations, the same step.</summary>
/// <param name="Rows">Of a forward pass; null leaves the spec's.</param>
/// <param name="Passes">As many times the spec's passes of a step.</param>
internal sealed record MicroBatch(int? Rows, int Passes)
{
    /// <summary>Where a spec says nothing.</summary>
    public const int Usual = 8;

    public RunSpec Apply(RunSpec spec) => spec is TrainSpec train && Rows is { } rows
        ? train with { Loop = train.Loop with { BatchSize = rows, Accumulate = train.Loop.Accumulate * Passes } }
        : spec;

    /// <summary>Half of what did not fit; one row at a time where it cannot be halved.</summary>
    public MicroBatch Smaller(int batch)
    {
        var factor = batch % 2 == 0 ? 2 : batch;
        return new MicroBatch(batch / factor, Passes * factor);
    }

    public string Describe(int before) => string.Create(CultureInfo.InvariantCulture,
        $"The memory did not suffice for {before} rows at once. It goes on with {Rows}, and as many more passes a step: it learns the same and takes a little longer.");
}
