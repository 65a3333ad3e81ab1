namespace AdapterHub.Formats.Safetensors;

/// <summary>How much a file may ask for before it is refused. What a reader allocates is bounded by these and by the file's own length.</summary>
public sealed record SafetensorsLimits
{
    /// <summary>The cap that the format itself sets on the header (safetensors/src/tensor.rs).</summary>
    public const long FormatHeaderBytes = 100_000_000;

    /// <summary>For files from a place the user chose: base models, local adapters.</summary>
    public static SafetensorsLimits Default { get; } = new();

    /// <summary>For files that strangers upload.</summary>
    public static SafetensorsLimits Upload { get; } = new() { HeaderBytes = 10_000_000, NameLength = 512 };

    /// <summary>Longest header, in bytes.</summary>
    public long HeaderBytes { get; init; } = FormatHeaderBytes;

    /// <summary>Most tensors in one file.</summary>
    public int TensorCount { get; init; } = 100_000;

    /// <summary>Longest tensor name, in UTF-16 units.</summary>
    public int NameLength { get; init; } = 1024;

    /// <summary>Most dimensions of a tensor; 64 is PyTorch's own limit.</summary>
    public int Dimensions { get; init; } = 64;
}
