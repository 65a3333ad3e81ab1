using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>Mean loss a token over held-out rows, and samples, without touching the run: no gradients, no dropout, no random numbers of the run.</summary>
internal sealed class HeldOutEvaluation(ITrainingTarget target, IRowSource? heldOut, TrainingOptions options, Func<string, string>? sample)
{
    public EvaluationPoint Run(int step)
    {
        using var random = new RandomStretch(target.Device);
        using var noGrad = Grad.Disable();
        target.IsTraining = false;
        try
        {
            return new EvaluationPoint(
                step, heldOut is null ? null : Loss(heldOut),
                sample is null ? [] : [.. options.SamplePrompts.Select(prompt => new TrainingSample(prompt, sample(prompt)))]);
        }
        finally
        {
            target.IsTraining = true;
        }
    }

    private double Loss(IRowSource rows)
    {
        using var scope = new TensorScope();
        var total = Tensor.Zeros([], DType.Float64, target.Device);
        var tokens = 0L;
        foreach (var batch in BatchStream.OnePass(rows, Math.Min(options.BatchSize, rows.RowsPerEpoch), options.EvaluationBatches))
        {
            using var pass = new TensorScope();
            using var inputs = new StepInputs(target.Device, 1, batch.BatchSize, batch.SequenceLength, batch.CumulativeLengths.Length - 1);
            inputs.Fill([batch], 0);
            inputs.Scale.Fill_(1);
            total.Add_(target.Loss(inputs.MicroBatches[0].Input, inputs.MicroBatches[0].Labels, inputs.Scale));
            tokens += batch.LossTokens;
        }

        return total.Item() / Math.Max(1, tokens);
    }

    /// <summary>Puts the generators back to where they were.</summary>
    private sealed class RandomStretch(Device device) : IDisposable
    {
        private readonly IReadOnlyList<byte[]> _states = RandomStates.Take(device);

        public void Dispose() => RandomStates.Restore(device, _states);
    }
}

/// <summary>States of the generators a run draws from: the CPU's, and the GPU's where it trains on one.</summary>
internal static class RandomStates
{
    public static IReadOnlyList<byte[]> Take(Device device) =>
        device.IsCuda ? [TorchRandom.State(Device.Cpu), TorchRandom.State(device)] : [TorchRandom.State(Device.Cpu)];

    public static void Restore(Device device, IReadOnlyList<byte[]> states)
    {
        TorchRandom.Restore(Device.Cpu, states[0]);
        if (device.IsCuda && states.Count > 1)
            TorchRandom.Restore(device, states[1]);
    }
}
