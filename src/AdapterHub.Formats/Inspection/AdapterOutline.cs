using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Inspection;

/// <summary>A LoRA module without its values; see <see cref="LoraModule"/> for what the parts mean.</summary>
public sealed record ModuleOutline
{
    /// <summary>The layer's path in the base model.</summary>
    public required string Path { get; init; }

    public LoraModuleKind Kind { get; init; }

    public required TensorOutline A { get; init; }

    public required TensorOutline B { get; init; }

    public TensorOutline? BiasB { get; init; }

    public TensorOutline? Magnitude { get; init; }

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public bool UseRslora { get; init; }

    public bool FanInFanOut { get; init; }

    /// <summary>s, the factor before B A.</summary>
    public required double Scale { get; init; }

    /// <summary>Trained numbers of the module.</summary>
    public long Parameters => A.Count + B.Count + (BiasB?.Count ?? 0) + (Magnitude?.Count ?? 0);

    public static ModuleOutline Of(LoraModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new ModuleOutline
        {
            Path = module.Path,
            Kind = module.Kind,
            A = TensorOutline.Of(module.A),
            B = TensorOutline.Of(module.B),
            BiasB = module.BiasB is { } bias ? TensorOutline.Of(bias) : null,
            Magnitude = module.Magnitude is { } magnitude ? TensorOutline.Of(magnitude) : null,
            Rank = module.Rank,
            Alpha = module.Alpha,
            UseRslora = module.UseRslora,
            FanInFanOut = module.FanInFanOut,
            Scale = module.Scale,
        };
    }
}

/// <summary>An adapter without its values, from the header of its file: a gigabyte of factors is described by a few kilobytes.</summary>
public sealed record AdapterOutline
{
    public required PeftConfig Config { get; init; }

    /// <summary>In ascending order of their paths.</summary>
    public required IReadOnlyList<ModuleOutline> Modules { get; init; }

    /// <summary>Tensors that replace the base's, by their paths there; see <see cref="LoraAdapter.SavedModules"/>.</summary>
    public required IReadOnlyDictionary<string, TensorOutline> SavedModules { get; init; }

    /// <summary>Trained numbers: factors, biases, magnitudes and whole tensors.</summary>
    public long Parameters => Modules.Sum(module => module.Parameters) + SavedModules.Values.Sum(tensor => tensor.Count);

    public static AdapterOutline Of(LoraAdapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        return new AdapterOutline
        {
            Config = adapter.Config,
            Modules = [.. adapter.Modules.Select(ModuleOutline.Of)],
            SavedModules = adapter.SavedModules.ToDictionary(saved => saved.Key, saved => TensorOutline.Of(saved.Value), StringComparer.Ordinal),
        };
    }

    /// <summary>Reads the two files of a PEFT adapter, wherever they lie, and checks one against the other; of the tensors the header alone.</summary>
    /// <exception cref="AdapterFormatException">As for <see cref="PeftAdapterFolder.Read"/>.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static AdapterOutline Read(string configPath, string tensorPath, SafetensorsLimits? limits = null)
    {
        using var file = SafetensorsFile.Open(tensorPath, limits);
        return Of(ReadHeader(PeftConfig.Read(configPath), file));
    }

    /// <summary>The adapter with tensors that have type and shape but no bytes; it must not leave this assembly.</summary>
    internal static LoraAdapter ReadHeader(PeftConfig config, SafetensorsFile file) =>
        PeftAdapterFolder.Assemble(file.Path, config, file, new FormatFindings(), tensor => new AdapterTensor(tensor.Dtype, tensor.Shape, default));
}
