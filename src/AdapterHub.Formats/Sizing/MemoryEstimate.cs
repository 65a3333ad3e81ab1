using System.Globalization;

namespace AdapterHub.Formats.Sizing;

/// <summary>What a run will hold in memory at its fullest, in bytes. A formula, within a tenth of what tests measure on the CPU; libtorch itself is not in it.</summary>
/// <param name="Weights">Of the base model, in the type they are kept in; loaded before training begins.</param>
/// <param name="Trainable">f32 parameters, if they are not the weights themselves.</param>
/// <param name="Gradients">f32.</param>
/// <param name="Optimizer">Two f32 moments.</param>
/// <param name="Activations">Kept for the backward pass.</param>
/// <param name="Head">Part of the logits, and the hidden states around them.</param>
public sealed record MemoryEstimate(long Weights, long Trainable, long Gradients, long Optimizer, long Activations, long Head)
{
    /// <summary>Logits computed at a time (native/fused.cpp, head_chunk).</summary>
    private const long GpuLogits = 1L << 27, CpuLogits = 1L << 22, FewestRows = 64;

    /// <summary>Share of the free memory above which a run is refused; estimates err, and fragmentation takes its part.</summary>
    public const double Tight = 0.85;

    public long Total => Weights + Trainable + Gradients + Optimizer + Activations + Head;

    /// <summary>Still to be taken once the model is loaded and the adapter made.</summary>
    public long ToCome => Gradients + Optimizer + Activations + Head;

    /// <summary>Training an adapter: the weights take no gradient, so no activation is kept for them, but each adapted layer keeps its input.</summary>
    /// <param name="model">Of the base.</param>
    /// <param name="totalParameters">Of the base.</param>
    /// <param name="trainable">Parameters of the adapter.</param>
    /// <param name="ranks">Sum over the adapted modules of one layer.</param>
    /// <param name="dropout">A mask is kept for each adapted module's input.</param>
    /// <param name="elementBytes">Of the type that is computed in.</param>
    /// <param name="positions">Rows times sequence length of one forward pass.</param>
    /// <param name="isGpu">The head is computed in larger parts there.</param>
    /// <param name="checkpointed">One activation a layer is kept, and those of one layer at a time.</param>
    public static MemoryEstimate ForAdapter(
        ModelSizes model, long totalParameters, long trainable, long ranks, bool dropout, int elementBytes, long positions, bool isGpu, bool checkpointed) => new(
        totalParameters * elementBytes, trainable * sizeof(float), trainable * sizeof(float), 2 * trainable * sizeof(float),
        ActivationBytes(model, ranks, dropout, elementBytes, positions, checkpointed), HeadBytes(model, elementBytes, positions, isGpu, trained: false));

    /// <summary>Training all weights: f32, and once more in the type that is computed in when that is another.</summary>
    public static MemoryEstimate ForModel(ModelSizes model, long totalParameters, int elementBytes, long positions, bool isGpu, bool checkpointed) => new(
        totalParameters * sizeof(float), elementBytes == sizeof(float) ? 0 : totalParameters * elementBytes, totalParameters * sizeof(float),
        2 * totalParameters * sizeof(float), ActivationBytes(model, 0, false, elementBytes, positions, checkpointed),
        HeadBytes(model, elementBytes, positions, isGpu, trained: true));

    /// <summary>Adapters that are trained in the same passes over one base: all but the weights and the output head adds up.</summary>
    public static MemoryEstimate Together(IReadOnlyList<MemoryEstimate> parts) => new(
        parts.Max(part => part.Weights), parts.Sum(part => part.Trainable), parts.Sum(part => part.Gradients), parts.Sum(part => part.Optimizer),
        parts.Sum(part => part.Activations), parts.Max(part => part.Head));

    /// <summary>Whether all but the weights fits well into the memory that was free before any of it was there.</summary>
    public bool FitsIn(long freeBytes) => Trainable + ToCome <= Tight * freeBytes;

    /// <summary>Compares what is to come with the memory that is free.</summary>
    /// <param name="freeBytes">On the device.</param>
    /// <param name="rows">Of the batch that was estimated.</param>
    /// <param name="checkpointed">Whether activations are checkpointed already.</param>
    /// <returns>Null when it fits well; otherwise what to change.</returns>
    public MemoryShortage? Compare(long freeBytes, int rows, bool checkpointed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        if (ToCome <= Tight * freeBytes)
            return null;
        var fitting = FittingRows(Tight * freeBytes - Gradients - Optimizer, rows);
        var advice = new List<string>();
        if (fitting >= 1 && fitting < rows)
            advice.Add($"a batch of {fitting} (--batch {fitting}, with --accumulate to make up for it)");
        if (rows == 1 || fitting == 0)
            advice.Add("shorter rows (--seq)");
        if (!checkpointed)
            advice.Add("--checkpoint-activations");
        if (fitting == 0)
            advice.Add("a smaller rank (--rank) or base model");
        var text = $"training needs about {Format(ToCome)} more memory ({Describe()}), and {Format(freeBytes)} is free; use {string.Join(", or ", advice)}";
        return new MemoryShortage(ToCome > freeBytes, text);
    }

    /// <summary>How many of the rows fit into a room; activations and head grow with them, all else does not.</summary>
    public int FittingRows(double room, int rows) => Activations + Head is > 0 and var batch && room > 0 ? (int)(rows * room / batch) : 0;

    public string Describe() =>
        $"weights {Format(Weights)}, trained parameters {Format(Trainable)}, gradients {Format(Gradients)}, optimiser {Format(Optimizer)}, " +
        $"activations {Format(Activations)}, output head {Format(Head)}";

    /// <summary>In binary units, as memory is counted.</summary>
    public static string Format(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB"),
    };

    /// <summary>
    /// A position keeps in each layer: both sums of the residual stream and both normed ones (4 hidden), queries, keys, values and the attention's result
    /// with its log-sum-exp, gate, up and their product (3 intermediate), and of each adapted layer x A^T.
    /// </summary>
    private static long ActivationBytes(ModelSizes m, long adapterWidth, bool dropout, int elementBytes, long positions, bool checkpointed)
    {
        var layer = positions * (elementBytes * (4L * m.Hidden + 2L * m.Queries + 2L * m.KeyValues + 3L * m.Intermediate + adapterWidth) + sizeof(float) * (m.Heads + 2L)
            + (dropout ? 5L * m.Hidden + m.Queries + m.Intermediate : 0));
        // Going backward, a layer also holds gradients of its widest parts.
        var transient = positions * elementBytes * (3L * m.Intermediate + 2L * m.Hidden);
        return transient + (checkpointed ? layer + m.Layers * positions * elementBytes * 2L * m.Hidden : layer * m.Layers);
    }

    private static long HeadBytes(ModelSizes m, int elementBytes, long positions, bool isGpu, bool trained)
    {
        var rows = Math.Min(positions, Math.Max((isGpu ? GpuLogits : CpuLogits) / m.Vocabulary, FewestRows));
        var weight = trained ? (long)m.Vocabulary * m.Hidden * (sizeof(float) + elementBytes) : 0;
        return rows * m.Vocabulary * elementBytes + 2 * positions * m.Hidden * elementBytes + weight;
    }
}

/// <summary>The memory is too small, certainly or perhaps.</summary>
/// <param name="IsCertain">More is needed than is free.</param>
/// <param name="Message">With what to change.</param>
public sealed record MemoryShortage(bool IsCertain, string Message);
