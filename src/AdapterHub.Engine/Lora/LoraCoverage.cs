namespace AdapterHub.Engine.Lora;

/// <summary>Which modules of the base an adapter reaches, and how many parameters it brings.</summary>
/// <param name="Bound">Paths of the modules that the adapter changes.</param>
/// <param name="Untouched">Paths of the base's linears that it leaves alone.</param>
/// <param name="Saved">Whole weights of the base that it replaces.</param>
/// <param name="Parameters">Elements of all its tensors.</param>
public sealed record LoraCoverage(IReadOnlyList<string> Bound, IReadOnlyList<string> Untouched, IReadOnlyList<string> Saved, long Parameters);
