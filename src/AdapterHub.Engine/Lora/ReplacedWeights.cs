using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Lora;

/// <summary>
/// The weights of a model that adapters do not leave as they are: whole tensors that they bring along, and layers with DoRA, whose change
/// W' - W_0 is no product of two thin factors and is added times its weight.
/// </summary>
internal sealed class ReplacedWeights
{
    private readonly List<(PeftConfig Config, string Name, AdapterTensor Tensor)> _saved = [];
    private readonly List<(LoraModule Module, double Weight)> _dora = [];

    public bool IsEmpty => _saved.Count + _dora.Count == 0;

    /// <summary>True where a tensor of this name, or one that stands for the same weight, is among the whole ones.</summary>
    public bool HasWhole(string name) => _saved.Any(other => SavedModuleName.ToWeight(other.Name) == SavedModuleName.ToWeight(name));

    public void AddWhole(LoraAdapter adapter, string name, AdapterTensor tensor) => _saved.Add((adapter.Config, name, tensor));

    /// <summary>The adapter's layers with DoRA, each with its weight; a weight of 0 counts for nothing.</summary>
    public void AddDora(LoraAdapter adapter, Func<string, double> weightAt) => _dora.AddRange(adapter.Modules.Where(module => module.Magnitude is not null)
        .Select(module => (Module: module, Weight: weightAt(module.Path))).Where(part => part.Weight != 0));

    /// <summary>The replaced weights by their names in checkpoints, in the model's compute type. The caller's.</summary>
    public Dictionary<string, Tensor> Make(CausalModel model)
    {
        using var noGrad = Grad.Disable();
        using var scope = new TensorScope();
        var made = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (config, name, tensor) in _saved)
            Replace(model, config, name, tensor, made);
        foreach (var layer in _dora.GroupBy(part => part.Module.Path, StringComparer.Ordinal))
        {
            var name = $"{layer.Key}.weight";
            var weight = (made.GetValueOrDefault(name) ?? model.Linears[layer.Key].Weight).To(DType.Float32);
            var sum = layer.Aggregate(weight, (sum, part) => sum.Add(Change(weight, part.Module), part.Weight));
            made[name] = sum.To(model.ComputeType);
        }

        foreach (var tensor in made.Values)
            TensorScope.Detach(tensor);
        return made;
    }

    /// <summary>W' = m (W_0 + s B A) / |W_0 + s B A|, the norm over the inputs (Liu et al. 2024); W_0 (out, in) in f32.</summary>
    internal static Tensor WithDora(Tensor weight, Tensor a, Tensor b, LoraModule module)
    {
        var direction = weight.Addmm(b, a, 1, module.Scale);
        using var m = module.Magnitude!.ToTorch(weight.Device, DType.Float32);
        return direction * (m / direction.Norm(1)).Unsqueeze(1);
    }

    private static Tensor Change(Tensor weight, LoraModule module)
    {
        using var a = module.A.ToTorch(weight.Device, DType.Float32);
        using var b = module.B.ToTorch(weight.Device, DType.Float32);
        return WithDora(weight, a, b, module) - weight;
    }

    private static void Replace(CausalModel model, PeftConfig config, string name, AdapterTensor tensor, Dictionary<string, Tensor> made)
    {
        var value = tensor.ToTorch(model.Device, model.ComputeType);
        if (SavedModuleName.FindTokenTable(name) is { } table)
        {
            using var part = value;
            name = $"{table}.weight";
            var whole = made.GetValueOrDefault(name) ?? model.Embeddings[table].Weight;
            value = whole.Clone().IndexCopy_(0, Tensor.From<long>(TokenRows.Find(config, table)).To(model.Device), part);
        }

        made[SavedModuleName.ToWeight(name)] = value;
    }
}
