using System.Collections.Immutable;
using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Training;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Formats;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending.Learning;

/// <summary>
/// Finds the weights of a weighted sum of adapters from examples: the base and the adapters stay as they are, and Adam descends the loss along its
/// exact gradient with respect to the weights. (LoraHub, Huang et al. 2023, looks for the same weights without gradients.)
/// </summary>
public static class WeightLearner
{
    /// <summary>Digits of a weight in a recipe.</summary>
    private const int Digits = 4;

    /// <param name="model">The base; nothing may be bound to it. It stays the caller's.</param>
    /// <param name="adapters">At least one; each has to fit the base and to have a factored form.</param>
    /// <param name="rows">What to learn from.</param>
    /// <param name="heldOut">What to measure on, or null.</param>
    /// <param name="options">Steps and the rest.</param>
    /// <param name="time">Measures the duration.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellation">Looked at between steps.</param>
    /// <exception cref="AdapterFormatException">An adapter does not fit, is DoRA, or replaces whole tensors.</exception>
    /// <exception cref="DatasetException">There is less than one row.</exception>
    public static LearnedWeights Run(
        CausalModel model, IReadOnlyList<LoraAdapter> adapters, IRowSource rows, IRowSource? heldOut, WeightLearningOptions options, TimeProvider time,
        IProgress<LearningPoint>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(adapters);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var started = time.GetTimestamp();
        using var scope = new TensorScope();
        using var leaves = new MixLeaves(adapters, options.IsByLayer, model.Device);
        using var binding = LoraMixBinding.Bind(model, adapters, leaves.Of);
        var (curve, tokens) = Descend(model, leaves, rows, options, progress, cancellation);
        leaves.Round(Digits);
        var layers = leaves.Read(Digits);
        var losses = heldOut is null ? null : Measure(leaves, adapters.Count, new MixLoss(model, heldOut, options), cancellation);
        return new LearnedWeights
        {
            Weights = Means(layers),
            Layers = options.IsByLayer ? layers : [],
            Curve = curve,
            HeldOut = losses,
            Tokens = tokens,
            Seconds = time.GetElapsedTime(started).TotalSeconds,
        };
    }

    private static (ImmutableArray<LearningPoint> Curve, long Tokens) Descend(
        CausalModel model, MixLeaves leaves, IRowSource rows, WeightLearningOptions options, IProgress<LearningPoint>? progress, CancellationToken cancellation)
    {
        using var adam = new AdamW(leaves.Parameters, new AdamWSettings(0.9, 0.99, 1e-8, WeightDecay: 0, ClipNorm: 0));
        var stream = new BatchStream(rows, Math.Min(options.BatchSize, rows.RowsPerEpoch));
        var curve = ImmutableArray.CreateBuilder<LearningPoint>(options.Steps);
        var tokens = 0L;
        for (var step = 1; step <= options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var pass = new TensorScope();
            var batch = stream.Next();
            var loss = MixLoss.Of(model, batch);
            adam.ClearGradients();
            model.Backward(leaves.Spread() is { } spread ? loss + spread * options.Smoothness : loss);
            var rate = options.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * (step - 1) / options.Steps));
            adam.Step(Tensor.Full([1], rate, DType.Float32, model.Device));
            tokens += batch.LossTokens;
            curve.Add(new LearningPoint(step, loss.Item(), Means(leaves.Read(Digits))));
            progress?.Report(curve[^1]);
        }

        return (curve.DrainToImmutable(), tokens);
    }

    private static LearningLosses Measure(MixLeaves leaves, int adapters, MixLoss loss, CancellationToken cancellation)
    {
        var learned = loss.Measure(cancellation);
        var nothing = Fixed(new double[adapters]);
        var alone = Enumerable.Range(0, adapters).Select(place => Fixed([.. Enumerable.Range(0, adapters).Select(other => other == place ? 1.0 : 0)])).ToImmutableArray();
        var uniform = Fixed([.. Enumerable.Repeat(1.0 / adapters, adapters)]);
        leaves.Restore();
        return new LearningLosses(nothing, alone, uniform, learned);

        double Fixed(double[] weights)
        {
            leaves.Fix(weights);
            return loss.Measure(cancellation);
        }
    }

    private static ImmutableArray<double> Means(ImmutableArray<LayerLearnedWeights> layers) =>
        [.. Enumerable.Range(0, layers[0].Weights.Length).Select(place => Math.Round(layers.Average(layer => layer.Weights[place]), Digits))];
}
