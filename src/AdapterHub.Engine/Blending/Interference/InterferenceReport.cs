using System.Collections.Immutable;

namespace AdapterHub.Engine.Blending.Interference;

/// <summary>What several adapters, each times its weight, do to one another before they are blended. Plain numbers, so that it serialises as it is.</summary>
public sealed record InterferenceReport
{
    /// <summary>In the order of the recipe; places below count from 0 here.</summary>
    public required ImmutableArray<AdapterStrength> Adapters { get; init; }

    /// <summary>|w D| of each adapter in each layer of the model, in the model's order.</summary>
    public required ImmutableArray<LayerNorms> Layers { get; init; }

    /// <summary>Every two adapters.</summary>
    public required ImmutableArray<PairInterference> Pairs { get; init; }

    /// <summary>One sentence for a person who is about to blend them.</summary>
    public required string Advice { get; init; }
}

/// <summary>One adapter.</summary>
/// <param name="Norm">|w D| of all its weights' changes, Frobenius.</param>
public sealed record AdapterStrength(string Name, double Weight, int Modules, double Norm);

/// <param name="Layer">"model.layers.3", or the path of a module that is in no numbered layer.</param>
/// <param name="Norms">By adapter; 0 where it changes nothing there.</param>
public sealed record LayerNorms(string Layer, ImmutableArray<double> Norms);

/// <summary>Two adapters.</summary>
public sealed record PairInterference
{
    public required int First { get; init; }

    public required int Second { get; init; }

    /// <summary>Cosine between all of the first's change and all of the second's: 1 the same direction, 0 unrelated, -1 opposite.</summary>
    public required double Cosine { get; init; }

    /// <summary>Share of the elements that both change in opposite directions, in the modules that both change.</summary>
    public required double SignConflict { get; init; }

    /// <summary>The same with each element counting |x y|: how much of what they share is spent against one another.</summary>
    public required double WeightedSignConflict { get; init; }

    /// <summary>The modules that both change, in the order of their paths.</summary>
    public required ImmutableArray<ModuleInterference> Modules { get; init; }
}

/// <summary>Two adapters in one module.</summary>
public sealed record ModuleInterference
{
    public required string Path { get; init; }

    public required double Cosine { get; init; }

    /// <summary>Principal angles between the spans of the outputs (columns of D), degrees, ascending; empty where a change has full rank (DoRA).</summary>
    public required ImmutableArray<double> OutputAngles { get; init; }

    /// <summary>The same for the inputs they look at (rows of D).</summary>
    public required ImmutableArray<double> InputAngles { get; init; }

    public required double SignConflict { get; init; }

    public required double WeightedSignConflict { get; init; }

    /// <summary>True where the signs were counted in some rows only.</summary>
    public required bool IsSampled { get; init; }

    /// <summary>Mean squared cosine of the output angles: 0 no direction in common, 1 all. Chance alone gives about r / out.</summary>
    public double OutputOverlap => Overlap(OutputAngles);

    /// <summary>Mean squared cosine of the input angles.</summary>
    public double InputOverlap => Overlap(InputAngles);

    private static double Overlap(ImmutableArray<double> angles) =>
        angles.IsDefaultOrEmpty ? 0 : angles.Average(angle => Math.Pow(Math.Cos(angle * Math.PI / 180), 2));
}
