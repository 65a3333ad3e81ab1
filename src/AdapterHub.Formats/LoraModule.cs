namespace AdapterHub.Formats;

/// <summary>What kind of layer a LoRA module sits on; it decides the shapes of A and B.</summary>
public enum LoraModuleKind
{
    /// <summary>A (r, in), B (out, r), delta = s B A.</summary>
    Linear,

    /// <summary>A (r, vocabulary), B (dim, r), delta = s (B A) transposed.</summary>
    Embedding,

    /// <summary>A (r, in / groups, kh, kw), B (out, r, 1, 1).</summary>
    Conv2d,
}

/// <summary>The low-rank change of one layer of the base model (LoRA, arXiv 2106.09685, section 4.1).</summary>
public sealed record LoraModule
{
    /// <summary>The layer's path in the base model, such as <c>model.layers.0.self_attn.q_proj</c>.</summary>
    public required string Path { get; init; }

    public LoraModuleKind Kind { get; init; }

    /// <summary>(r, in); see <see cref="LoraModuleKind"/> for the other kinds.</summary>
    public required AdapterTensor A { get; init; }

    /// <summary>(out, r); see <see cref="LoraModuleKind"/> for the other kinds.</summary>
    public required AdapterTensor B { get; init; }

    /// <summary>(out), with lora_bias: merging adds s times this to the layer's bias.</summary>
    public AdapterTensor? BiasB { get; init; }

    /// <summary>DoRA's m (arXiv 2402.09353), one value an output row. With it the change is not s B A alone.</summary>
    public AdapterTensor? Magnitude { get; init; }

    /// <summary>r.</summary>
    public required int Rank { get; init; }

    /// <summary>alpha.</summary>
    public required double Alpha { get; init; }

    /// <summary>Rank-stabilised scaling (arXiv 2312.03732).</summary>
    public bool UseRslora { get; init; }

    /// <summary>The layer stores its weight as (in, out), as GPT-2's Conv1D does; the delta is transposed to match.</summary>
    public bool FanInFanOut { get; init; }

    /// <summary>s: alpha / r, or alpha / sqrt(r) when rank-stabilised.</summary>
    public double Scale => UseRslora ? Alpha / Math.Sqrt(Rank) : Alpha / Rank;

    /// <summary>Some tools write DoRA's key with <c>.weight</c> at its end; kept so that an unchanged adapter is written as it was.</summary>
    internal bool MagnitudeKeyHasWeight { get; init; }

    internal IEnumerable<(string Part, AdapterTensor Tensor)> Tensors()
    {
        yield return ("A", A);
        yield return ("B", B);
        if (BiasB is not null)
            yield return ("bias of B", BiasB);
        if (Magnitude is not null)
            yield return ("magnitude", Magnitude);
    }
}
