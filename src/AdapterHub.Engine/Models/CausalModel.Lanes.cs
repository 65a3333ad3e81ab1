using AdapterHub.Torch;

namespace AdapterHub.Engine.Models;

/// <summary>Passes over texts of different lengths, and models that differ from another in a few weights.</summary>
public sealed partial class CausalModel
{
    /// <summary>Hidden states (N, hidden) after the final norm of new positions of cached texts; ids and positions (N) int64.</summary>
    internal Tensor HiddenOf(Tensor ids, Tensor positions, ICachePass cache) =>
        HiddenOf(ids, new LayerContext(positions, _rotary.Cosines, _rotary.Sines) { Cache = cache });

    /// <summary>hidden (N, hidden) -> logits (N, vocabulary) in the compute type.</summary>
    internal Tensor LogitsOf(Tensor hidden) => _head.Forward(hidden);

    /// <summary>A model over the same weights, which stay in memory once, with adapters of its own.</summary>
    public CausalModel Share() => With([]);

    /// <summary>A model with the same weights but for those replaced, which it owns. What it shares stays in memory once, even when this one is disposed first.</summary>
    internal CausalModel With(IEnumerable<KeyValuePair<string, Tensor>> replaced)
    {
        var shared = _weights.ToDictionary(weight => weight.Key, weight => TensorScope.Detach(weight.Value.Alias()), StringComparer.Ordinal);
        var model = new CausalModel(Config, shared, Device, ComputeType);
        foreach (var (name, tensor) in replaced)
            model.Own(name, tensor);
        return model;
    }

    private void Own(string name, Tensor tensor)
    {
        ReplaceWeight(name, tensor);
        if (!_weights.TryAdd(name, tensor))
            _weights[name] = tensor;
    }
}
