using System.Text.Json;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Inspection.Anatomy;

/// <summary>What an adapter changes, module by module: the sizes and ranks of dW = s B A, exact from the factors.</summary>
public sealed class AdapterAnatomy
{
    private readonly Lazy<AnatomyMap> _map;

    internal AdapterAnatomy(IReadOnlyList<ModuleAnatomy> modules, long parameters, double? shareOfBase)
    {
        (Modules, Parameters, ShareOfBase) = (modules, parameters, shareOfBase);
        _map = new(() => AnatomyMap.Of(Modules));
    }

    /// <summary>In ascending order of their paths.</summary>
    public IReadOnlyList<ModuleAnatomy> Modules { get; }

    /// <summary>Trained numbers, whole tensors included.</summary>
    public long Parameters { get; }

    /// <summary>Trained numbers as a share, 0 to 1, of the base's; null where the base is not known.</summary>
    public double? ShareOfBase { get; }

    /// <summary>Norms by layer and module.</summary>
    public AnatomyMap Map => _map.Value;

    /// <summary>Frobenius norm of all changes taken together.</summary>
    public double Norm => Math.Sqrt(Modules.Sum(module => module.Norm * module.Norm));

    /// <summary>Whether a module is DoRA's, so that norms are of the direction's change alone.</summary>
    public bool HasDora => Modules.Any(module => module.IsDora);

    /// <summary>The effective rank of an average module, weighed by the modules' squared norms; null where none has one.</summary>
    public double? MeanEffectiveRank
    {
        get
        {
            var measured = Modules.Where(module => module is { EffectiveRank: not null, Norm: > 0 }).ToList();
            var weight = measured.Sum(module => module.Norm * module.Norm);
            return weight > 0 ? measured.Sum(module => module.Norm * module.Norm * module.EffectiveRank!.Value) / weight : null;
        }
    }

    /// <summary>Measures an adapter in memory.</summary>
    /// <exception cref="AdapterFormatException">Factors hold NaN or infinite values.</exception>
    public static AdapterAnatomy Of(LoraAdapter adapter, BaseTensorMap? map = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        return Measure(adapter, adapter.Modules, map, cancellation);
    }

    /// <summary>Measures an adapter on the disk, holding one module of it at a time.</summary>
    /// <exception cref="AdapterFormatException">As for <see cref="AdapterOutline.Read"/> and <see cref="Of"/>.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static AdapterAnatomy Read(string configPath, string tensorPath, BaseTensorMap? map = null, SafetensorsLimits? limits = null, CancellationToken cancellation = default)
    {
        using var file = SafetensorsFile.Open(tensorPath, limits);
        var adapter = AdapterOutline.ReadHeader(PeftConfig.Read(configPath), file);
        return Measure(adapter, adapter.Modules.Select(module => Load(file, module)), map, cancellation);
    }

    /// <summary>Compact JSON: numbers with five digits, at most 32 singular values a module.</summary>
    public string ToJson() => AdapterAnatomyJson.Write(this);

    /// <exception cref="JsonException">The text is not what <see cref="ToJson"/> writes.</exception>
    public static AdapterAnatomy FromJson(string json) => AdapterAnatomyJson.Read(json);

    private static AdapterAnatomy Measure(LoraAdapter adapter, IEnumerable<LoraModule> modules, BaseTensorMap? map, CancellationToken cancellation)
    {
        var facts = AdapterFacts.Of(adapter);
        return new AdapterAnatomy([.. modules.Select(module => ModuleAnatomy.Of(module, cancellation))], facts.Parameters, map is null ? null : facts.ShareOf(map));
    }

    private static LoraModule Load(SafetensorsFile file, LoraModule module)
    {
        var (a, b) = module.Kind == LoraModuleKind.Embedding ? (PeftTensorRole.EmbeddingA, PeftTensorRole.EmbeddingB) : (PeftTensorRole.A, PeftTensorRole.B);
        return module with
        {
            A = file.Load(file.Find(PeftTensorName.Format(module.Path, a))!),
            B = file.Load(file.Find(PeftTensorName.Format(module.Path, b))!),
        };
    }
}
