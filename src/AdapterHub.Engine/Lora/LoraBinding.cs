using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Lora;

/// <summary>
/// An adapter in place on a model: y = x W^T + s (x A^T) B^T wherever it has a module. The base weights stay as they are, so that
/// unbinding gives the base back exactly. One binding a model at a time.
/// </summary>
public sealed class LoraBinding : IDisposable
{
    private readonly CausalModel _model;
    private readonly PeftConfig _config;
    private readonly List<Action> _undo = [];
    private readonly List<Tensor> _owned = [];
    private readonly List<(string Path, LoraModuleKind Kind, LoraPair Pair, int Rank, double Alpha)> _modules = [];
    private readonly List<string> _saved = [];
    private double _dropout;

    private LoraBinding(CausalModel model, PeftConfig config) => (_model, _config) = (model, config);

    /// <summary>The trainable tensors under their PEFT names, in a fixed order; empty for an adapter bound to be used.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; private set; } = [];

    public LoraCoverage Coverage => new(
        [.. _modules.Select(module => module.Path)],
        [.. _model.Linears.Keys.Except(_modules.Select(module => module.Path))],
        _saved,
        _modules.Sum(module => module.Pair.A.Count + module.Pair.B.Count + (module.Pair.BiasB?.Count ?? 0)));

    /// <summary>The modules in their fixed order.</summary>
    internal IEnumerable<(string Path, LoraModuleKind Kind, LoraPair Pair)> Parts => _modules.Select(module => (module.Path, module.Kind, module.Pair));

    internal int LargestRank => _modules.Max(module => module.Rank);

    /// <summary>Chance that an input of the adapter's path is dropped; set it to 0 to evaluate.</summary>
    public double Dropout
    {
        get => _dropout;
        set
        {
            _dropout = value;
            foreach (var module in _modules)
                module.Pair.Dropout = value;
        }
    }

    /// <summary>
    /// Fresh trainable f32 factors by PEFT's rules: targets, patterns and scale from <paramref name="config"/>; A uniform within
    /// 1/sqrt(in) (Kaiming with a = sqrt 5), B zero, so that the model starts as its base.
    /// </summary>
    /// <exception cref="AdapterFormatException">No module matches, a listed target matches none, or a rank is not positive.</exception>
    public static LoraBinding Inject(CausalModel model, PeftConfig config, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(config);
        using var noGrad = Grad.Disable();
        TorchRandom.Seed(seed);
        var matcher = new TargetModuleMatcher(config, model.Config.ModelType);
        var targets = TargetSelection.Choose(model, config, matcher);
        var binding = new LoraBinding(model, config);
        foreach (var path in targets)
        {
            var (rank, alpha) = (matcher.GetRank(path), matcher.GetAlpha(path));
            var scale = config.UseRslora ? alpha / Math.Sqrt(rank) : alpha / rank;
            if (model.Linears.TryGetValue(path, out var linear))
            {
                var bound = 1 / Math.Sqrt(linear.Inputs);
                binding.Add(path, linear, binding.Leaf(Tensor.Empty([rank, linear.Inputs]).Uniform_(-bound, bound)), binding.Leaf(Tensor.Zeros([linear.Outputs, rank])),
                    config.LoraBias ? binding.Leaf(Tensor.Zeros([linear.Outputs])) : null, scale, rank, alpha);
            }
            else
            {
                var table = model.Embeddings[path]; // embeddings start the other way round: A zero, B normal
                binding.Add(path, table, binding.Leaf(Tensor.Zeros([rank, table.Weight.Size(0)])), binding.Leaf(Tensor.Empty([table.Weight.Size(1), rank]).Normal_(0, 1)), scale, rank, alpha);
            }
        }

        binding.Parameters = binding.CollectParameters();
        binding.Dropout = config.LoraDropout;
        return binding;
    }

    /// <summary>Puts a loaded adapter in place; every module has to fit the base.</summary>
    /// <exception cref="AdapterFormatException">Lists every tensor that does not fit; an adapter of which nothing fits is refused too.</exception>
    public static LoraBinding Bind(CausalModel model, LoraAdapter adapter, bool trainable = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(adapter);
        using var noGrad = Grad.Disable();
        AdapterFit.Check(model, adapter);
        var binding = new LoraBinding(model, adapter.Config);
        foreach (var (name, tensor) in adapter.SavedModules)
            binding.Replace(name, tensor);
        foreach (var module in adapter.Modules)
            binding.Add(module, trainable);
        if (trainable)
            binding.Parameters = binding.CollectParameters();
        return binding;
    }

    /// <summary>The factors as they stand, in <paramref name="type"/>, with PEFT's configuration.</summary>
    public LoraAdapter ToAdapter(string? baseModelName = null, DType type = DType.Float32) => new()
    {
        Config = Named(baseModelName),
        Modules = [.. _modules.OrderBy(module => module.Path, StringComparer.Ordinal).Select(module => new LoraModule
        {
            Path = module.Path,
            Kind = module.Kind,
            A = module.Pair.A.ToAdapterTensor(type),
            B = module.Pair.B.ToAdapterTensor(type),
            BiasB = module.Pair.BiasB?.ToAdapterTensor(type),
            Rank = module.Rank,
            Alpha = module.Alpha,
            UseRslora = _config.UseRslora,
        })],
    };

    /// <summary>Takes the adapter off; the model is its base again.</summary>
    public void Dispose()
    {
        for (var i = _undo.Count - 1; i >= 0; i--)
            _undo[i]();
        _undo.Clear();
        foreach (var tensor in _owned)
            tensor.Dispose();
        _owned.Clear();
    }

    // "all-linear" is a wish that only the base can resolve; files name the modules, as PEFT's do.
    private PeftConfig Named(string? baseModelName)
    {
        var config = baseModelName is null ? _config : _config with { BaseModelNameOrPath = baseModelName };
        if (config.TargetModules?.IsAllLinear != true || config.ExcludeModules is not null)
            return config;
        var endings = _modules.Select(module => module.Path[(module.Path.LastIndexOf('.') + 1)..]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return config with { TargetModules = ModuleSelection.FromNames(endings) };
    }

    private void Add(LoraModule module, bool trainable)
    {
        if (module.Magnitude is not null)
        {
            ApplyDora(module);
            return;
        }

        Tensor Place(AdapterTensor tensor)
        {
            var placed = Own(tensor.ToTorch(_model.Device, trainable ? DType.Float32 : _model.ComputeType));
            placed.RequiresGrad = trainable;
            return placed;
        }

        var (a, b, bias) = (Place(module.A), Place(module.B), module.BiasB is null ? null : Place(module.BiasB));
        if (module.Kind == LoraModuleKind.Embedding)
            Add(module.Path, _model.Embeddings[module.Path], a, b, module.Scale, module.Rank, module.Alpha);
        else
            Add(module.Path, _model.Linears[module.Path], a, b, bias, module.Scale, module.Rank, module.Alpha);
    }

    private void Add(string path, LinearLayer linear, Tensor a, Tensor b, Tensor? biasB, double scale, int rank, double alpha)
    {
        var pair = new LoraPair(a, b, biasB, scale);
        linear.Delta = pair;
        _modules.Add((path, LoraModuleKind.Linear, pair, rank, alpha));
        _undo.Add(() => linear.Delta = null);
    }

    private void Add(string path, EmbeddingLayer table, Tensor a, Tensor b, double scale, int rank, double alpha)
    {
        var pair = new LoraPair(a, b, null, scale);
        table.Delta = pair;
        _modules.Add((path, LoraModuleKind.Embedding, pair, rank, alpha));
        _undo.Add(() => table.Delta = null);
    }

    // Not linear in the factors, so the weight itself is replaced.
    private void ApplyDora(LoraModule module)
    {
        using var scope = new TensorScope();
        var linear = _model.Linears[module.Path];
        var (a, b) = (module.A.ToTorch(_model.Device, DType.Float32), module.B.ToTorch(_model.Device, DType.Float32));
        var weight = Own(ReplacedWeights.WithDora(linear.Weight.To(DType.Float32), a, b, module).To(linear.Weight.DType));
        var original = linear.Weight;
        linear.Weight = weight;
        _modules.Add((module.Path, module.Kind, new LoraPair(Own(a), Own(b), null, module.Scale), module.Rank, module.Alpha));
        _undo.Add(() => linear.Weight = original);
    }

    private void Replace(string name, AdapterTensor tensor)
    {
        var weight = Own(tensor.ToTorch(_model.Device, _model.ComputeType));
        if (SavedModuleName.FindTokenTable(name) is { } table)
        {
            using var rows = Tensor.From<long>(TokenRows.Find(_config, table)).To(_model.Device);
            weight = Own(_model.Embeddings[table].Weight.Clone().IndexCopy_(0, rows, weight));
            name = $"{table}.weight";
        }

        name = SavedModuleName.ToWeight(name);
        _undo.Add(_model.ReplaceWeight(name, weight));
        _saved.Add(name);
    }

    private Tensor Leaf(Tensor fresh)
    {
        var leaf = Own(fresh.To(_model.Device));
        if (!ReferenceEquals(leaf, fresh) && _model.Device.IsCuda)
            fresh.Dispose();
        leaf.RequiresGrad = true;
        return leaf;
    }

    private Tensor Own(Tensor tensor)
    {
        _owned.Add(TensorScope.Detach(tensor));
        return tensor;
    }

    private List<(string, Tensor)> CollectParameters()
    {
        var parameters = new List<(string, Tensor)>();
        foreach (var (path, kind, pair, _, _) in _modules)
        {
            var (a, b) = kind == LoraModuleKind.Embedding ? ("lora_embedding_A", "lora_embedding_B") : ("lora_A.weight", "lora_B.weight");
            parameters.Add(($"base_model.model.{path}.{a}", pair.A));
            parameters.Add(($"base_model.model.{path}.{b}", pair.B));
            if (pair.BiasB is not null)
                parameters.Add(($"base_model.model.{path}.lora_B.bias", pair.BiasB));
        }

        return parameters;
    }
}
