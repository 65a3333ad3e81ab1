using System.Collections.Immutable;

namespace AdapterHub.Formats.Inspection;

/// <summary>A layer of a base model that an adapter can sit on, read from the names and shapes of its tensors.</summary>
/// <param name="Path">Such as <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="Kind">What the layer is.</param>
/// <param name="Inputs">Width that goes in (an embedding: its rows); null where a packed, quantised weight does not tell.</param>
/// <param name="Outputs">Width that comes out; null as for <paramref name="Inputs"/>.</param>
/// <param name="Shape">Of the weight as it is stored.</param>
/// <param name="IsTied">The output head that has no tensor of its own and uses the input embedding's.</param>
public sealed record BaseModule(string Path, LoraModuleKind Kind, long? Inputs, long? Outputs, ImmutableArray<long> Shape, bool IsTied = false)
{
    /// <summary>Counted as one that an adapter reaches or leaves alone: embeddings and tied heads are not, few adapters target them.</summary>
    public bool IsAdaptable => Kind != LoraModuleKind.Embedding && !IsTied;
}
