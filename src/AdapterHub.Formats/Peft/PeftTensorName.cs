namespace AdapterHub.Formats.Peft;

/// <summary>What a tensor in <c>adapter_model.safetensors</c> is for.</summary>
internal enum PeftTensorRole
{
    A,
    B,
    BiasB,
    EmbeddingA,
    EmbeddingB,
    Magnitude,
    MagnitudeWeight,

    /// <summary>No LoRA parameter by its name: a tensor of modules_to_save, a bias, an embedding, or one that nothing accounts for.</summary>
    Whole,

    /// <summary>A LoRA parameter of a variant that is not understood.</summary>
    UnknownLora,

    /// <summary>Without PEFT's prefix.</summary>
    Foreign,
}

/// <summary>PEFT's key names: <c>base_model.model.</c>, the module's path, the parameter (peft/utils/save_and_load.py).</summary>
internal static class PeftTensorName
{
    private const string Prefix = "base_model.model.";

    private static readonly (string Suffix, PeftTensorRole Role)[] Suffixes =
    [
        (".lora_A.weight", PeftTensorRole.A),
        (".lora_B.weight", PeftTensorRole.B),
        (".lora_B.bias", PeftTensorRole.BiasB),
        (".lora_embedding_A", PeftTensorRole.EmbeddingA),
        (".lora_embedding_B", PeftTensorRole.EmbeddingB),
        (".lora_magnitude_vector", PeftTensorRole.Magnitude),
        (".lora_magnitude_vector.weight", PeftTensorRole.MagnitudeWeight),
    ];

    /// <summary>Splits a key into the module's path (for a whole tensor, its own path) and its role.</summary>
    public static (string Path, PeftTensorRole Role) Parse(string key)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length == Prefix.Length)
            return (key, PeftTensorRole.Foreign);
        var path = key[Prefix.Length..];
        foreach (var (suffix, role) in Suffixes)
        {
            if (path.EndsWith(suffix, StringComparison.Ordinal) && path.Length > suffix.Length)
                return (path[..^suffix.Length], role);
        }

        return (path, path.Contains("lora_", StringComparison.Ordinal) ? PeftTensorRole.UnknownLora : PeftTensorRole.Whole);
    }

    public static string Format(string path, PeftTensorRole role) =>
        Prefix + path + (role == PeftTensorRole.Whole ? "" : Suffixes.First(suffix => suffix.Role == role).Suffix);
}
