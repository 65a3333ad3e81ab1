using AdapterHub.Engine.Models;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>
/// Keeps the layers of one model ready for a set of lanes. New weights of the same adapters cost one small upload; only adapters that were not there yet
/// make it lay the factors side by side again.
/// </summary>
/// <param name="model">Whose layers they are.</param>
/// <param name="sharesInputs">Layers that read the same input share a product (<see cref="LaneShrink"/>).</param>
internal sealed class LaneStack(CausalModel model, bool sharesInputs) : IDisposable
{
    /// <summary>Endings of the paths of layers that read the same input.</summary>
    private static readonly string[][] SharedInputs = [[".q_proj", ".k_proj", ".v_proj"], [".gate_proj", ".up_proj"]];

    private readonly LaneRoute _route = new();
    private readonly Dictionary<string, LaneDelta> _deltas = new(StringComparer.Ordinal);
    private readonly List<Tensor> _factors = [];
    private readonly List<Tensor> _coefficients = [];
    private readonly List<LaneShrink> _shrinks = [];
    private HashSet<ResidentAdapter> _adapters = [];

    /// <summary>Memory of factors laid side by side; one adapter alone is not copied.</summary>
    public long Bytes => _factors.Sum(tensor => tensor.ByteCount);

    /// <summary>The lanes of the passes to come, by their places.</summary>
    public void Set(IReadOnlyList<LaneBlend> lanes)
    {
        using var noGrad = Grad.Disable();
        using var scope = new TensorScope();
        var needed = lanes.SelectMany(lane => lane.Adapters).Distinct().OrderBy(adapter => adapter.Id).ToList();
        if (!needed.TrueForAll(_adapters.Contains) || _adapters.Count > 2 * needed.Count + 2)
            Lay(needed);
        Weigh(lanes);
    }

    /// <summary>The lanes of the input's rows from now on; null where row i is lane i.</summary>
    public void Route(Tensor? lanes) => _route.Lanes = lanes;

    /// <summary>Whether factors of this adapter are in use here.</summary>
    public bool Holds(ResidentAdapter adapter) => _adapters.Contains(adapter);

    /// <summary>Forgets an adapter that no lane uses any more.</summary>
    public void Clear()
    {
        using var noGrad = Grad.Disable();
        Lay([]);
        Free(_coefficients);
    }

    public void Dispose() => Clear();

    private void Lay(IReadOnlyList<ResidentAdapter> adapters)
    {
        foreach (var path in _deltas.Keys)
            Bind(path, null);
        _deltas.Clear();
        _shrinks.Clear();
        Free(_factors);
        _adapters = [.. adapters];
        var modules = adapters.SelectMany(adapter => adapter.Factors.Select(factors => (Adapter: adapter, Path: factors.Key, Factors: factors.Value)))
            .GroupBy(entry => entry.Path, StringComparer.Ordinal);
        foreach (var module in modules)
        {
            var parts = module.ToList();
            var segments = new long[parts.Count + 1];
            for (var i = 0; i < parts.Count; i++)
                segments[i + 1] = segments[i] + parts[i].Factors.Rank;
            var (a, b) = parts.Count == 1
                ? (parts[0].Factors.A, parts[0].Factors.B)
                : (Own(Tensor.Cat([.. parts.Select(part => part.Factors.A)], 1)), Own(Tensor.Cat([.. parts.Select(part => part.Factors.B)], 0)));
            var delta = new LaneDelta(_route, [.. parts.Select(part => part.Adapter)], a, b, segments);
            _deltas.Add(module.Key, delta);
            Bind(module.Key, delta);
        }

        if (sharesInputs)
            ShareInputs();
    }

    private void ShareInputs()
    {
        foreach (var endings in SharedInputs)
        {
            var groups = _deltas.Where(delta => endings.Any(ending => delta.Key.EndsWith(ending, StringComparison.Ordinal)))
                .GroupBy(delta => delta.Key[..delta.Key.LastIndexOf('.')], delta => delta.Value, StringComparer.Ordinal);
            foreach (var members in groups.Select(group => group.ToList()).Where(members => members.Count > 1))
            {
                var shrink = new LaneShrink(members, Own(Tensor.Cat(members.ConvertAll(member => member.A), 1)));
                members.ForEach(member => member.Shrink = shrink);
                _shrinks.Add(shrink);
            }
        }
    }

    /// <summary>All factors of all layers lie in one buffer, which goes to the device in one piece.</summary>
    private void Weigh(IReadOnlyList<LaneBlend> lanes)
    {
        Free(_coefficients);
        var values = new float[lanes.Count * _deltas.Values.Sum(delta => delta.Rank)];
        var used = new List<(LaneDelta Delta, int Start)>();
        var start = 0;
        foreach (var (path, delta) in _deltas)
        {
            (delta.Coefficients, delta.Biases) = (null, null);
            if (!Fill(values.AsSpan(start, lanes.Count * delta.Rank), path, delta, lanes))
                continue;
            used.Add((delta, start));
            start += lanes.Count * delta.Rank;
            delta.Biases = Biases(path, delta, lanes);
        }

        if (used.Count == 0)
            return;
        // The kernels of the CPU read f32; others multiply in the type of the activations.
        var buffer = Keep(Tensor.From<float>(values.AsSpan(0, start)).To(model.Device, model.Device.IsCuda ? model.ComputeType : DType.Float32));
        foreach (var (delta, at) in used)
            delta.Coefficients = Keep(buffer.Narrow(0, at, lanes.Count * delta.Rank).View(lanes.Count, delta.Rank));
        foreach (var shrink in _shrinks)
            shrink.Coefficients = Keep(Tensor.Cat([.. shrink.Members.Select(member => member.Coefficients ?? Tensor.Zeros([lanes.Count, member.Rank], buffer.DType, model.Device))], 1));
    }

    /// <returns>False where no lane changes the layer.</returns>
    private static bool Fill(Span<float> values, string path, LaneDelta delta, IReadOnlyList<LaneBlend> lanes)
    {
        var any = false;
        for (var lane = 0; lane < lanes.Count; lane++)
            for (var i = 0; i < delta.Adapters.Count; i++)
            {
                var coefficient = lanes[lane].Coefficient(delta.Adapters[i], path);
                any |= coefficient != 0;
                values[(lane * delta.Rank + (int)delta.Segments[i])..(lane * delta.Rank + (int)delta.Segments[i + 1])].Fill(coefficient);
            }

        return any;
    }

    private Tensor? Biases(string path, LaneDelta delta, IReadOnlyList<LaneBlend> lanes)
    {
        var parts = delta.Adapters.Where(adapter => adapter.Factors[path].Module.BiasB is not null)
            .Select(adapter => (Adapter: adapter, Bias: adapter.Factors[path].Module.BiasB!.ToSingles())).ToList();
        if (parts.Count == 0)
            return null;
        var outputs = parts[0].Bias.Length;
        var values = new float[lanes.Count * outputs];
        for (var lane = 0; lane < lanes.Count; lane++)
            foreach (var (adapter, bias) in parts)
            {
                var coefficient = lanes[lane].Coefficient(adapter, path);
                for (var o = 0; o < outputs; o++)
                    values[lane * outputs + o] += coefficient * bias[o];
            }

        return Keep(Tensor.From<float>(values, lanes.Count, outputs).To(model.Device, model.ComputeType));
    }

    private void Bind(string path, LaneDelta? delta)
    {
        if (model.Embeddings.TryGetValue(path, out var table))
            table.Delta = delta;
        else
            model.Linears[path].Delta = delta;
    }

    private Tensor Own(Tensor tensor)
    {
        _factors.Add(TensorScope.Detach(tensor));
        return tensor;
    }

    private Tensor Keep(Tensor tensor)
    {
        _coefficients.Add(TensorScope.Detach(tensor));
        return tensor;
    }

    private static void Free(List<Tensor> tensors)
    {
        tensors.ForEach(tensor => tensor.Dispose());
        tensors.Clear();
    }
}
