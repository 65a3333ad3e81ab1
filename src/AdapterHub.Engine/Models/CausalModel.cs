using AdapterHub.Formats.Safetensors;
using AdapterHub.Torch;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Engine.Models;

/// <summary>
/// A decoder-only language model of the Llama family. Frozen when loaded; created fresh for pretraining, it keeps f32 masters
/// that require gradients and computes in <see cref="ComputeType"/>.
/// </summary>
public sealed partial class CausalModel : IDisposable
{
    private static readonly Dictionary<string, string> PyTorchMetadata = new(StringComparer.Ordinal) { ["format"] = "pt" };
    private readonly DecoderLayer[] _layers;
    private readonly EmbeddingLayer _embedding;
    private readonly LinearLayer _head;
    private readonly RotaryTable _rotary;
    private readonly Dictionary<string, Tensor> _weights;

    private CausalModel(ModelConfig config, Dictionary<string, Tensor> weights, Device device, DType computeType)
    {
        (Config, _weights, Device, ComputeType) = (config, weights, device, computeType);
        _embedding = new EmbeddingLayer(WeightNames.Embedding, weights[$"{WeightNames.Embedding}.weight"]);
        _layers = [.. Enumerable.Range(0, config.Layers).Select(MakeLayer)];
        _head = config.TieWordEmbeddings ? new LinearLayer(WeightNames.Head, _embedding.Weight, null) : MakeLinear(WeightNames.Head);
        _rotary = new RotaryTable(config, device);
        Linears = _layers.SelectMany(layer => new[] { layer.Query, layer.Key, layer.Value, layer.Output, layer.Gate, layer.Up, layer.Down })
            .Concat(config.TieWordEmbeddings ? [] : [_head])
            .ToDictionary(linear => linear.Path, StringComparer.Ordinal);
        Embeddings = new Dictionary<string, EmbeddingLayer>(StringComparer.Ordinal) { [_embedding.Path] = _embedding };
    }

    public ModelConfig Config { get; }
    public Device Device { get; }

    /// <summary>The type of activations.</summary>
    public DType ComputeType { get; }

    /// <summary>Every linear by path; "lm_head" among them unless it is tied to the embedding.</summary>
    public IReadOnlyDictionary<string, LinearLayer> Linears { get; }
    public IReadOnlyDictionary<string, EmbeddingLayer> Embeddings { get; }

    /// <summary>The base weights by name in checkpoint order.</summary>
    public IEnumerable<(string Name, Tensor Value)> Weights => WeightNames.Expected(Config).Select(weight => (weight.Name, _weights[weight.Name]));
    public long ParameterCount => _weights.Values.Sum(weight => weight.Count);

    /// <summary>Gradient checkpointing: activations inside layers are made again in <see cref="Backward"/> instead of kept.</summary>
    public bool CheckpointActivations { get; set; }

    /// <summary>Loads a Hugging Face model directory; weights are read by memory map.</summary>
    /// <exception cref="Formats.AdapterFormatException">Every tensor that does not fit is listed.</exception>
    public static CausalModel Load(string directory, Device device, DType type)
    {
        using var noGrad = Grad.Disable();
        var config = ModelConfig.Read(directory);
        return new CausalModel(config, CheckpointReader.Read(directory, config, device, type), device, type);
    }

    /// <summary>Fresh f32 weights that require gradients: normal with the configured deviation, smaller by sqrt(2 layers) on
    /// what feeds the residual stream (GPT-2), norms one, biases zero.</summary>
    public static CausalModel Create(ModelConfig config, Device device, DType computeType, ulong seed)
    {
        using var noGrad = Grad.Disable();
        TorchRandom.Seed(seed);
        var weights = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, shape) in WeightNames.Expected(config))
        {
            var weight = TensorScope.Detach(Tensor.Zeros(shape));
            if (name.EndsWith("norm.weight", StringComparison.Ordinal))
                weight.Fill_(1);
            else if (shape.Length == 2)
                weight.Normal_(0, config.InitializerRange / (FeedsResidual(name) ? Math.Sqrt(2.0 * config.Layers) : 1));
            var placed = TensorScope.Detach(weight.To(device));
            if (device.IsCuda)
                weight.Dispose();
            placed.RequiresGrad = true;
            weights[name] = placed;
        }

        return new CausalModel(config, weights, device, computeType);
    }

    /// <summary>A model over weights made elsewhere, which it owns from now on.</summary>
    internal static CausalModel FromWeights(ModelConfig config, Dictionary<string, Tensor> weights, Device device, DType computeType) =>
        new(config, weights, device, computeType);

    private static bool FeedsResidual(string name) =>
        name.EndsWith("o_proj.weight", StringComparison.Ordinal) || name.EndsWith("down_proj.weight", StringComparison.Ordinal);

    /// <summary>Hidden states (N, hidden) after the final norm.</summary>
    public Tensor Hidden(PackedInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var context = new LayerContext(input.Positions, _rotary.Cosines, _rotary.Sines) { Cumulative = input.Cumulative, Longest = input.Longest };
        return CheckpointActivations && IsTraining ? HiddenCheckpointed(input.Ids, context) : HiddenOf(input.Ids, context);
    }

    /// <summary>Logits (N, vocabulary) in the compute type.</summary>
    public Tensor Logits(PackedInput input) => _head.Forward(Hidden(input));

    /// <summary>
    /// Sum of the token losses times <paramref name="scale"/> (one f32 element). labels (N) int64 stand beside the token that
    /// predicts them; those below 0 do not count.
    /// </summary>
    public Tensor Loss(PackedInput input, Tensor labels, Tensor scale) => LossOf(Hidden(input), labels, scale);

    /// <summary>The same of hidden states (N, hidden).</summary>
    internal Tensor LossOf(Tensor hidden, Tensor labels, Tensor scale)
    {
        if (_head.Delta is null && _head.Bias is null)
            return Fused.LinearCrossEntropy(hidden, _head.Weight, labels, scale);
        var picked = _head.Forward(hidden).To(DType.Float32).LogSoftmax(-1).Gather(1, labels.Clamp(0, Config.VocabularySize).To(DType.Int64).Unsqueeze(1)).Squeeze(1);
        return -(picked * labels.Ge(labels.ZerosLike()).To(DType.Float32)).Sum() * scale.Reshape();
    }

    /// <summary>Loss of every token (N) f32, 0 where the label is below 0. For evaluation: no gradients.</summary>
    public Tensor TokenLosses(PackedInput input, Tensor labels)
    {
        using var noGrad = Grad.Disable();
        using var scope = new TensorScope();
        var hidden = Hidden(input);
        var losses = new List<Tensor>();
        var chunk = Math.Max(1, (1L << 25) / Config.VocabularySize);
        for (long row = 0; row < hidden.Size(0); row += chunk)
        {
            var count = Math.Min(chunk, hidden.Size(0) - row);
            losses.Add(Fused.TokenLosses(_head.Forward(hidden.Narrow(0, row, count)), labels.Narrow(0, row, count)));
        }

        return scope.MoveOut(Tensor.Cat(losses));
    }

    /// <summary>Continues every row of the cache by the same number of tokens; ids row by row. Logits (rows, vocabulary) of the last ones.</summary>
    public Tensor Continue(KvCache cache, ReadOnlySpan<int> ids)
    {
        ArgumentNullException.ThrowIfNull(cache);
        using var scope = new TensorScope();
        var count = ids.Length / cache.Rows;
        var step = cache.Extend(count);
        var wide = new long[ids.Length];
        for (var i = 0; i < wide.Length; i++)
            wide[i] = ids[i];
        var context = new LayerContext(step.Positions, _rotary.Cosines, _rotary.Sines) { Cache = step };
        if (count > 1 && step.IsFirst)
        {
            var bounds = Enumerable.Range(0, cache.Rows + 1).Select(row => row * count).ToArray();
            context = context with { Cumulative = Tensor.From<int>(bounds).To(Device), Longest = count };
        }

        var hidden = HiddenOf(Tensor.From<long>(wide).To(Device), context);
        if (count > 1)
            hidden = hidden.View(cache.Rows, count, Config.HiddenSize).Select(1, count - 1);
        return scope.MoveOut(_head.Forward(hidden.Contiguous()));
    }

    /// <summary>Writes config.json and safetensors (in shards where <paramref name="maxShardBytes"/> asks for it), in <paramref name="type"/>.</summary>
    public void Save(string directory, DType type, long maxShardBytes = long.MaxValue)
    {
        using var noGrad = Grad.Disable();
        Directory.CreateDirectory(directory);
        var sources = Weights.Select(weight => Source(weight.Name, weight.Value, type)).ToList();
        SafetensorsCheckpointWriter.Write(directory, PyTorchMetadata, sources, maxShardBytes);
        File.WriteAllText(Path.Combine(directory, ModelConfig.FileName), Config.ToJson() + "\n");
    }

    public void Dispose()
    {
        foreach (var weight in _weights.Values)
            weight.Dispose();
        _rotary.Dispose();
    }

    private bool IsTraining => _weights.Values.Any(weight => weight.RequiresGrad) || Linears.Values.Any(linear => linear.Delta?.RequiresGrad == true);

    private static SafetensorsSource Source(string name, Tensor weight, DType type) =>
        new(name, TensorTypes.ToFile(type), [.. weight.Shape], stream =>
        {
            using var scope = new TensorScope();
            var bytes = new byte[weight.Count * type.ByteSize()];
            weight.Detach().To(type).CopyTo(bytes);
            stream.Write(bytes);
        });

    private Tensor HiddenOf(Tensor ids, LayerContext context)
    {
        Tensor residual = _embedding.Forward(ids, ComputeType);
        Tensor? branch = null;
        foreach (var layer in _layers)
            (branch, residual) = layer.Forward(branch, residual, context);
        return FinalNorm(branch, residual);
    }

    private Tensor FinalNorm(Tensor? branch, Tensor residual)
    {
        var weight = _weights[WeightNames.FinalNorm];
        return branch is null
            ? Fused.RmsNorm(residual, weight, Config.RmsNormEpsilon)
            : Fused.AddRmsNorm(branch, residual, weight, Config.RmsNormEpsilon).Normed;
    }

    private DecoderLayer MakeLayer(int index)
    {
        var prefix = WeightNames.Layer(index);
        return new DecoderLayer(Config, index)
        {
            InputNorm = _weights[$"{prefix}.input_layernorm.weight"],
            AttentionNorm = _weights[$"{prefix}.post_attention_layernorm.weight"],
            Query = MakeLinear($"{prefix}.self_attn.q_proj"),
            Key = MakeLinear($"{prefix}.self_attn.k_proj"),
            Value = MakeLinear($"{prefix}.self_attn.v_proj"),
            Output = MakeLinear($"{prefix}.self_attn.o_proj"),
            Gate = MakeLinear($"{prefix}.mlp.gate_proj"),
            Up = MakeLinear($"{prefix}.mlp.up_proj"),
            Down = MakeLinear($"{prefix}.mlp.down_proj"),
            QueryNorm = _weights.GetValueOrDefault($"{prefix}.self_attn.q_norm.weight"),
            KeyNorm = _weights.GetValueOrDefault($"{prefix}.self_attn.k_norm.weight"),
        };
    }

    private LinearLayer MakeLinear(string path) => new(path, _weights[$"{path}.weight"], _weights.GetValueOrDefault($"{path}.bias"));
}
