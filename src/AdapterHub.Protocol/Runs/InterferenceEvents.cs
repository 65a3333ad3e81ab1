namespace AdapterHub.Protocol.Runs;

/// <summary>How adapters, each times its weight, get into each other's way; places count the adapters of this event from 0.</summary>
/// <param name="Adapters">Those that count.</param>
/// <param name="Layers">Strength by layer of the model, in its order.</param>
/// <param name="Pairs">Every two adapters.</param>
/// <param name="Advice">One sentence for a person.</param>
public sealed record InterferenceMeasured(
    IReadOnlyList<AdapterStrength> Adapters, IReadOnlyList<LayerStrength> Layers, IReadOnlyList<PairInterference> Pairs, string Advice) : RunEvent;

/// <param name="Norm">Frobenius norm of the whole change, its weight included.</param>
public sealed record AdapterStrength(string Name, double Weight, int Modules, double Norm);

/// <param name="Layer">"model.layers.3", or the path of a module in no numbered layer.</param>
/// <param name="Norms">By adapter.</param>
public sealed record LayerStrength(string Layer, IReadOnlyList<double> Norms);

/// <summary>Two adapters.</summary>
/// <param name="Cosine">1 the same direction, 0 unrelated, -1 opposite.</param>
/// <param name="SignConflict">Share of the elements that both change in opposite directions.</param>
/// <param name="WeightedSignConflict">The same with each element counting by its size.</param>
/// <param name="Modules">Those that both change.</param>
public sealed record PairInterference(int First, int Second, double Cosine, double SignConflict, double WeightedSignConflict, IReadOnlyList<ModuleInterference> Modules);

/// <summary>Two adapters in one module.</summary>
/// <param name="OutputAngles">Principal angles between the spans of their outputs, degrees, ascending; empty where a change has full rank (DoRA).</param>
/// <param name="InputAngles">The same for the inputs they look at.</param>
/// <param name="OutputOverlap">Mean squared cosine of the output angles: 0 nothing in common, 1 everything.</param>
/// <param name="InputOverlap">The same for the inputs.</param>
/// <param name="IsSampled">The signs were counted at random places only.</param>
public sealed record ModuleInterference(
    string Path, double Cosine, double SignConflict, double WeightedSignConflict, bool IsSampled,
    IReadOnlyList<double> OutputAngles, IReadOnlyList<double> InputAngles, double OutputOverlap, double InputOverlap);
