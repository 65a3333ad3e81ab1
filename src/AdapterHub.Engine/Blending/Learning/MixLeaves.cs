using System.Collections.Immutable;
using AdapterHub.Engine.Blending.Interference;
using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending.Learning;

/// <summary>The trained weights: one vector (P) for all modules, or one for each layer of the model.</summary>
internal sealed class MixLeaves : IDisposable
{
    private readonly SortedDictionary<(int Number, string Layer), (MixWeights Weights, Tensor Leaf)> _layers = [];
    private readonly Dictionary<string, MixWeights> _byLayer = new(StringComparer.Ordinal);
    private readonly bool _isByLayer;
    private readonly int _adapters;
    private readonly Device _device;

    public MixLeaves(IReadOnlyList<LoraAdapter> adapters, bool isByLayer, Device device)
    {
        (_isByLayer, _adapters, _device) = (isByLayer, adapters.Count, device);
        foreach (var layer in adapters.SelectMany(adapter => adapter.Modules).Select(module => Layer(module.Path)).Distinct(StringComparer.Ordinal))
        {
            var leaf = TensorScope.Detach(Tensor.Full([_adapters], 1.0 / _adapters, DType.Float32, device));
            leaf.RequiresGrad = true;
            var weights = new MixWeights(leaf);
            _byLayer.Add(layer, weights);
            _layers.Add((ModelLayer.Number(layer), layer), (weights, leaf));
        }
    }

    public IReadOnlyList<(string Name, Tensor Value)> Parameters => [.. _layers.Select(layer => (layer.Key.Layer.Length > 0 ? layer.Key.Layer : "weights", layer.Value.Leaf))];

    public MixWeights Of(string path) => _byLayer[Layer(path)];

    /// <summary>Puts the same fixed weights everywhere, until <see cref="Restore"/>.</summary>
    public void Fix(IReadOnlyList<double> weights)
    {
        var values = Tensor.From<float>([.. weights.Select(weight => (float)weight)]).To(_device);
        foreach (var (mix, _) in _layers.Values)
            mix.Values = values;
    }

    /// <summary>Puts the trained weights in place.</summary>
    public void Restore()
    {
        foreach (var (mix, leaf) in _layers.Values)
            mix.Values = leaf;
    }

    /// <summary>Mean squared distance of the layers' weights from their mean; null for one vector.</summary>
    public Tensor? Spread()
    {
        if (_layers.Count < 2)
            return null;
        var all = Tensor.Stack([.. _layers.Values.Select(layer => layer.Leaf)]);
        return (all - all.Mean(0, keepDimension: true)).Pow(2).Mean();
    }

    /// <summary>Rounds to what a recipe shows, so that the blend made from it is the one that was measured.</summary>
    public void Round(int digits)
    {
        using var grad = Grad.Disable();
        foreach (var (_, leaf) in _layers.Values)
            leaf.CopyFrom<float>(Array.ConvertAll(leaf.To(Device.Cpu).ToArray<float>(), value => (float)Math.Round(value, digits)));
    }

    /// <summary>In the model's order; one without a name where one vector holds for all.</summary>
    public ImmutableArray<LayerLearnedWeights> Read(int digits) =>
        [.. _layers.Select(layer => new LayerLearnedWeights(layer.Key.Layer, [.. layer.Value.Leaf.Detach().To(Device.Cpu).ToArray<float>().Select(value => Math.Round(value, digits))]))];

    public void Dispose()
    {
        foreach (var (_, leaf) in _layers.Values)
            leaf.Dispose();
    }

    private string Layer(string path) => _isByLayer ? ModelLayer.Of(path) : "";
}
