using AdapterHub.Engine.Models;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending.Learning;

/// <summary>Mean loss a token with whatever is bound to the model.</summary>
internal sealed class MixLoss(CausalModel model, IRowSource rows, WeightLearningOptions options)
{
    /// <summary>Of one batch, a scalar with its gradient.</summary>
    public static Tensor Of(CausalModel model, TrainingBatch batch) =>
        model.Loss(Input(model, batch), Upload(model, batch.Labels), Tensor.Full([1], 1.0 / Math.Max(1, batch.LossTokens), DType.Float32, model.Device));

    /// <summary>Over the rows once, up to the number of batches in the options.</summary>
    public double Measure(CancellationToken cancellation)
    {
        using var grad = Grad.Disable();
        var (sum, tokens) = (0.0, 0L);
        foreach (var batch in BatchStream.OnePass(rows, Math.Min(options.BatchSize, rows.RowsPerEpoch), options.EvaluationBatches))
        {
            cancellation.ThrowIfCancellationRequested();
            using var pass = new TensorScope();
            sum += model.TokenLosses(Input(model, batch), Upload(model, batch.Labels)).To(DType.Float64).Sum().Item();
            tokens += batch.LossTokens;
        }

        return sum / Math.Max(1, tokens);
    }

    private static PackedInput Input(CausalModel model, TrainingBatch batch) => new(
        Upload(model, batch.InputIds), Upload(model, batch.Positions), Tensor.From<int>(batch.CumulativeLengths).To(model.Device), batch.LongestStretch);

    private static Tensor Upload(CausalModel model, int[] values) => Tensor.From<long>(Array.ConvertAll(values, value => (long)value)).To(model.Device);
}
