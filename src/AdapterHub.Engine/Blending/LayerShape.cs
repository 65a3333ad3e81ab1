using AdapterHub.Formats;

namespace AdapterHub.Engine.Blending;

/// <summary>A layer's change as a matrix (out, in); a convolution's kernel is flattened into its columns.</summary>
/// <param name="Outputs">Rows of B.</param>
/// <param name="Inputs">Columns of A.</param>
/// <param name="Kernel">The sizes that multiply to <paramref name="Inputs"/>.</param>
internal sealed record LayerShape(int Outputs, int Inputs, long[] Kernel)
{
    /// <summary>Whether bands run along the outputs: they run along the larger side, so that what is square is small.</summary>
    public bool IsTall => Outputs >= Inputs;

    /// <summary>The smaller side: the largest rank a change of the layer can have.</summary>
    public int FullRank => Math.Min(Outputs, Inputs);

    public static LayerShape Of(LoraModule module)
    {
        long[] kernel = [.. module.A.Shape.AsSpan()[1..]];
        return new LayerShape(checked((int)module.B.Shape[0]), checked((int)kernel.Aggregate(1L, (product, size) => product * size)), kernel);
    }
}
