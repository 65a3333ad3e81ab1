using System.Collections.Immutable;
using System.Globalization;
using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>
/// Weights that a lane does not share with the base: whole tensors that adapters bring along, and layers with DoRA, whose change
/// W' - W_0 is not a product of two thin factors. Lanes with the same replacement share one copy of these weights.
/// </summary>
internal sealed class WeightReplacement
{
    private readonly List<(ResidentAdapter Adapter, string Name, AdapterTensor Tensor)> _saved = [];
    private readonly List<(LoraModule Module, double Weight)> _dora = [];

    private WeightReplacement(string key) => Key = key;

    /// <summary>Equal for lanes whose replacement is the same.</summary>
    public string Key { get; }

    /// <exception cref="AdapterFormatException">A whole tensor would have to count in part, or two adapters bring the same one.</exception>
    public static WeightReplacement? Find(ImmutableArray<LaneShare> shares)
    {
        var concerned = shares.Where(share => share.Adapter.ReplacesWeights).ToList();
        if (concerned.Count == 0)
            return null;
        var replacement = new WeightReplacement(string.Join('|', concerned.Select(Describe)));
        var findings = new List<FormatFinding>();
        foreach (var share in concerned)
        {
            foreach (var (name, tensor) in share.Adapter.Adapter.SavedModules)
                replacement.Add(share, name, tensor, findings);
            replacement._dora.AddRange(share.Adapter.Adapter.Modules.Where(module => module.Magnitude is not null)
                .Select(module => (module, share.WeightAt(module.Path))).Where(part => part.Item2 != 0));
        }

        if (findings.Count > 0)
            throw new AdapterFormatException("the lane", findings);
        return replacement._saved.Count + replacement._dora.Count > 0 ? replacement : null;
    }

    /// <summary>Rows of a model with these weights; what it shares with <paramref name="model"/> is in memory once. The caller's.</summary>
    public LaneGroup Apply(CausalModel model)
    {
        using var noGrad = Grad.Disable();
        using var scope = new TensorScope();
        var replaced = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (adapter, name, tensor) in _saved)
            Replace(model, adapter.Adapter.Config, name, tensor, replaced);
        foreach (var layer in _dora.GroupBy(part => part.Module.Path, StringComparer.Ordinal))
        {
            var name = $"{layer.Key}.weight";
            var weight = (replaced.GetValueOrDefault(name) ?? model.Linears[layer.Key].Weight).To(DType.Float32);
            var sum = layer.Aggregate(weight, (sum, part) => sum.Add(Change(weight, part.Module), part.Weight));
            replaced[name] = sum.To(model.ComputeType);
        }

        foreach (var tensor in replaced.Values)
            TensorScope.Detach(tensor);
        return new LaneGroup(model.With(replaced), replaced.Values.Sum(tensor => tensor.ByteCount));
    }

    // W' - W_0 with W' = m (W_0 + s B A) / |W_0 + s B A|, the norm over the inputs (Liu et al. 2024).
    private static Tensor Change(Tensor weight, LoraModule module)
    {
        var (a, b, m) = (Single(module.A), Single(module.B), Single(module.Magnitude!));
        var direction = weight.Addmm(b, a, 1, module.Scale);
        return direction * (m / direction.Norm(1)).Unsqueeze(1) - weight;

        Tensor Single(AdapterTensor tensor)
        {
            using var host = Tensor.FromBytes(tensor.Bytes.Span, TypeOf(tensor), tensor.Shape.AsSpan());
            return host.To(weight.Device, DType.Float32);
        }
    }

    private static void Replace(CausalModel model, PeftConfig config, string name, AdapterTensor tensor, Dictionary<string, Tensor> replaced)
    {
        using var host = Tensor.FromBytes(tensor.Bytes.Span, TypeOf(tensor), tensor.Shape.AsSpan());
        var value = host.To(model.Device, model.ComputeType);
        if (SavedModuleName.FindTokenTable(name) is { } table)
        {
            name = $"{table}.weight";
            var whole = replaced.GetValueOrDefault(name) ?? model.Embeddings[table].Weight;
            value = whole.Clone().IndexCopy_(0, Tensor.From<long>(TokenRows.Find(config, table)).To(model.Device), value);
        }

        // A tensor of its own: one that is only converted in place would be the host's.
        replaced[SavedModuleName.ToWeight(name)] = value.Clone();
    }

    private static DType TypeOf(AdapterTensor tensor) =>
        TensorTypes.TryToTorch(tensor.Dtype, out var type) ? type : throw new NotSupportedException($"Tensors of type {tensor.Dtype} are not supported.");

    private static string Describe(LaneShare share) => string.Create(CultureInfo.InvariantCulture,
        $"{share.Adapter.Id}:{share.Weight:R}:{string.Join(',', share.Modules.IsDefault ? [] : share.Modules.Select(rule => $"{rule.Pattern}={rule.Weight.ToString("R", CultureInfo.InvariantCulture)}"))}");

    private void Add(LaneShare share, string name, AdapterTensor tensor, List<FormatFinding> findings)
    {
        var weight = share.WeightAt(SavedModuleName.FindTokenTable(name) ?? SavedModuleName.ToWeight(name));
        if (weight is not (0 or 1))
            findings.Add(new FormatFinding(name, $"{share.Adapter.Name} replaces this tensor whole, so it can count once or not at all", "a weight of 0 or 1", weight.ToString(CultureInfo.InvariantCulture)));
        else if (weight == 1 && _saved.Any(other => SavedModuleName.ToWeight(other.Name) == SavedModuleName.ToWeight(name)))
            findings.Add(new FormatFinding(name, $"{share.Adapter.Name} and another adapter of the lane both replace this tensor; give one of them a weight of 0 here"));
        else if (weight == 1)
            _saved.Add((share.Adapter, name, tensor));
    }
}
