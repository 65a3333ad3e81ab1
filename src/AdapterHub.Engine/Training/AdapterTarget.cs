using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Sizing;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>An adapter over a frozen base. Disposing takes it off the base.</summary>
public sealed class AdapterTarget : ITrainingTarget, IDisposable
{
    /// <summary>Keys of adapter_config.json that do not change what is computed.</summary>
    private static readonly string[] Neutral =
        ["base_model_name_or_path", "revision", "peft_version", "inference_mode", "auto_mapping", "task_type", "peft_type", "megatron_core"];

    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["r"] = "rank",
        ["lora_alpha"] = "alpha",
        ["lora_dropout"] = "dropout",
        ["target_modules"] = "target modules",
        ["exclude_modules"] = "excluded modules",
        ["use_rslora"] = "rank-stabilised scale",
    };

    private readonly CausalModel _model;
    private readonly PeftConfig _config;
    private readonly string? _baseName;
    private bool _checkpointActivations;
    private bool _isTraining = true;

    private AdapterTarget(CausalModel model, PeftConfig config, LoraBinding binding, string? baseName, (string Name, string Value) start)
    {
        (_model, _config, _baseName, Binding) = (model, config, baseName, binding);
        Identity = Describe(start);
    }

    /// <summary>A fresh adapter: B is zero, so training starts at the base.</summary>
    /// <param name="model">Stays the caller's.</param>
    /// <param name="config">Rank, alpha, targets and the rest.</param>
    /// <param name="seed">Of the factors' first values.</param>
    /// <param name="baseName">Written into the adapter's config; null leaves what is there.</param>
    /// <exception cref="AdapterFormatException">The config fits no module of the model.</exception>
    public static AdapterTarget Fresh(CausalModel model, PeftConfig config, ulong seed, string? baseName = null, DType savedType = DType.Float32) =>
        new(model, config, LoraBinding.Inject(model, config, seed), baseName, ("adapter seed", seed.ToString(CultureInfo.InvariantCulture))) { SavedType = savedType };

    /// <summary>An adapter that was trained before, to be trained on.</summary>
    /// <exception cref="AdapterFormatException">It does not fit the model, or has parts that cannot be trained here.</exception>
    public static AdapterTarget From(CausalModel model, LoraAdapter adapter, string? baseName = null)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        var untrainable = adapter.Modules.Where(module => module.Magnitude is not null).Select(module => new FormatFinding(module.Path, "has a DoRA magnitude, which is not trained here"))
            .Concat(adapter.SavedModules.Keys.Select(name => new FormatFinding(name, "is a whole weight, which is not trained here"))).ToList();
        if (untrainable.Count > 0)
            throw new AdapterFormatException("the adapter to train on", untrainable);
        var binding = LoraBinding.Bind(model, adapter, trainable: true);
        binding.Dropout = adapter.Config.LoraDropout;
        return new AdapterTarget(model, adapter.Config, binding, baseName, ("first adapter", Digest(binding)));
    }

    public LoraBinding Binding { get; }

    public string Kind => "adapter";

    public Device Device => _model.Device;

    public IReadOnlyList<(string Name, Tensor Value)> Parameters => Binding.Parameters;

    public long TotalParameters => _model.ParameterCount + Parameters.Sum(parameter => parameter.Value.Count);

    public IReadOnlyDictionary<string, string> Identity { get; }

    public bool CheckpointActivations
    {
        get => _checkpointActivations;
        set
        {
            _checkpointActivations = value;
            _model.CheckpointActivations = value && _isTraining;
        }
    }

    public bool IsTraining
    {
        get => _isTraining;
        set
        {
            _isTraining = value;
            Binding.Dropout = value ? _config.LoraDropout : 0;
            _model.CheckpointActivations = value && _checkpointActivations;
        }
    }

    public MemoryEstimate EstimateMemory(int rows, int sequenceLength, bool checkpointActivations)
    {
        var ranks = Parameters.Where(parameter => parameter.Name.EndsWith("lora_A.weight", StringComparison.Ordinal)).Sum(parameter => parameter.Value.Size(0));
        return MemoryEstimate.ForAdapter(
            _model.Config.Sizes, _model.ParameterCount, Parameters.Sum(parameter => parameter.Value.Count), ranks / _model.Config.Layers,
            _config.LoraDropout > 0, _model.ComputeType.ByteSize(), (long)rows * sequenceLength, Device.IsCuda, checkpointActivations);
    }

    public Tensor Loss(PackedInput input, Tensor labels, Tensor scale) => _model.Loss(input, labels, scale);

    public void Backward(Tensor loss) => _model.Backward(loss);

    /// <summary>Of the factors in the files; they are trained in f32.</summary>
    public DType SavedType { get; init; } = DType.Float32;

    public void Save(string folder) => PeftAdapterFolder.Write(folder, Binding.ToAdapter(_baseName, SavedType));

    public void Dispose() => Binding.Dispose();

    private static string Digest(LoraBinding binding)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, value) in binding.Parameters)
        {
            var bytes = new byte[value.ByteCount];
            value.CopyTo(bytes);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private Dictionary<string, string> Describe((string Name, string Value) start)
    {
        var identity = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["base model"] = ModelFingerprint.Compute(_model),
            ["computed in"] = $"{_model.ComputeType.ToString().ToLowerInvariant()} on {Device.Type.ToString().ToLowerInvariant()}",
            [start.Name] = start.Value,
        };
        foreach (var (key, value) in _config.Raw)
        {
            if (!Neutral.Contains(key, StringComparer.Ordinal) && !IsUnset(value))
                identity[Words.GetValueOrDefault(key, key)] = value is JsonArray names ? string.Join(", ", names.Select(name => name?.ToString())) : value!.ToString();
        }

        return identity;
    }

    private static bool IsUnset(JsonNode? value) => value switch
    {
        null => true,
        JsonArray list => list.Count == 0,
        JsonObject map => map.Count == 0,
        _ => value.ToString() is "false",
    };
}
