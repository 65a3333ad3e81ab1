using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Lora;

/// <summary>
/// Several adapters in place on a model at once, in factored form and each times a weight that can change from pass to pass. The base weights stay
/// as they are; disposing gives the base back. One binding a model at a time.
/// </summary>
public sealed class LoraMixBinding : IDisposable
{
    private readonly List<Action> _undo = [];
    private readonly List<Tensor> _owned = [];

    private LoraMixBinding(IReadOnlyList<string> modules) => Modules = modules;

    /// <summary>Paths of the modules that any of the adapters changes.</summary>
    public IReadOnlyList<string> Modules { get; }

    /// <param name="model">Stays the caller's.</param>
    /// <param name="adapters">P of them, in the order of the weights; every module has to fit the base.</param>
    /// <param name="weights">The weights of a module, by its path; the same object for all modules that share them.</param>
    /// <exception cref="AdapterFormatException">
    /// What does not fit, and what has no factored form: DoRA magnitudes and whole tensors replace weights, of which a model has one.
    /// </exception>
    public static LoraMixBinding Bind(CausalModel model, IReadOnlyList<LoraAdapter> adapters, Func<string, MixWeights> weights)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(adapters);
        ArgumentNullException.ThrowIfNull(weights);
        if (adapters.SelectMany((adapter, place) => Findings(model, adapter, place)).ToList() is { Count: > 0 } findings)
            throw new AdapterFormatException("the adapters", findings);
        using var noGrad = Grad.Disable();
        var modules = adapters.SelectMany((adapter, place) => adapter.Modules.Select(module => (Place: place, Module: module)))
            .GroupBy(entry => entry.Module.Path, StringComparer.Ordinal).ToList();
        var binding = new LoraMixBinding([.. modules.Select(module => module.Key)]);
        foreach (var module in modules)
            binding.Add(model, [.. module], adapters.Count, weights(module.Key));
        return binding;
    }

    public void Dispose()
    {
        _undo.ForEach(undo => undo());
        _undo.Clear();
        _owned.ForEach(tensor => tensor.Dispose());
        _owned.Clear();
    }

    private static IEnumerable<FormatFinding> Findings(CausalModel model, LoraAdapter adapter, int place)
    {
        foreach (var finding in AdapterFit.Findings(model, adapter))
            yield return finding with { Problem = $"{finding.Problem} (adapter {place + 1})" };
        foreach (var module in adapter.Modules.Where(module => module.Magnitude is not null))
            yield return new FormatFinding(module.Path, $"adapter {place + 1} has a DoRA magnitude here, which rescales the base's own weight and so cannot ride beside it");
        foreach (var saved in adapter.SavedModules.Keys.Where(name => !name.EndsWith(".base_layer.weight", StringComparison.Ordinal)))
            yield return new FormatFinding(saved, $"adapter {place + 1} replaces this tensor whole, and the others cannot share it");
    }

    private void Add(CausalModel model, IReadOnlyList<(int Place, LoraModule Module)> parts, int adapters, MixWeights weights)
    {
        using var scope = new TensorScope();
        var first = parts[0].Module;
        var a = Own(Stack(model, parts.Select(part => part.Module.A), 0));
        var b = Own(Stack(model, parts.Select(part => part.Module.B), 1));
        var owners = Own(Tensor.From<long>([.. parts.SelectMany(part => Enumerable.Repeat((long)part.Place, part.Module.Rank))]).To(model.Device));
        var scales = Own(Tensor.From<float>([.. parts.SelectMany(part => Enumerable.Repeat((float)part.Module.Scale, part.Module.Rank))]).To(model.Device));
        var mix = new LoraMix(a, b, owners, scales, Biases(model, parts, adapters), weights);
        if (first.Kind == LoraModuleKind.Embedding)
        {
            var table = model.Embeddings[first.Path];
            table.Delta = mix;
            _undo.Add(() => table.Delta = null);
        }
        else
        {
            var linear = model.Linears[first.Path];
            linear.Delta = mix;
            _undo.Add(() => linear.Delta = null);
        }
    }

    private static Tensor Stack(CausalModel model, IEnumerable<AdapterTensor> factors, int dimension)
    {
        var placed = factors.Select(factor => factor.ToTorch(model.Device, model.ComputeType)).ToList();
        var stacked = Tensor.Cat(placed, dimension);
        placed.ForEach(tensor => tensor.Dispose());
        return stacked;
    }

    private Tensor? Biases(CausalModel model, IReadOnlyList<(int Place, LoraModule Module)> parts, int adapters)
    {
        if (parts.All(part => part.Module.BiasB is null))
            return null;
        var outputs = (int)parts[0].Module.B.Shape[0];
        var values = new float[adapters * outputs];
        foreach (var (place, module) in parts.Where(part => part.Module.BiasB is not null))
        {
            var bias = module.BiasB!.ToSingles();
            for (var o = 0; o < outputs; o++)
                values[place * outputs + o] = (float)(module.Scale * bias[o]);
        }

        return Own(Tensor.From<float>(values, adapters, outputs).To(model.Device));
    }

    private Tensor Own(Tensor tensor)
    {
        _owned.Add(TensorScope.Detach(tensor));
        return tensor;
    }
}
