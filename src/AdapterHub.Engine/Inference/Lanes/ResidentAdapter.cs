using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>The factors of one layer as a batch wants them: A (in, r) and B (r, out), r filled up with zeros to a multiple of 8.</summary>
internal sealed record ResidentFactors(LoraModule Module, Tensor A, Tensor B)
{
    public int Rank => (int)A.Size(1);
}

/// <summary>An adapter whose factors lie on a base model's device, ready to be part of any number of lanes at once.</summary>
public sealed class ResidentAdapter : IDisposable
{
    private const int RankStep = 8; // what one vector of the CPU's kernels holds
    private static long _made;
    private readonly Dictionary<string, ResidentFactors> _factors = new(StringComparer.Ordinal);

    private ResidentAdapter(LoraAdapter adapter, string name) => (Adapter, Name) = (adapter, name);

    /// <summary>No two of a process have the same.</summary>
    internal long Id { get; } = Interlocked.Increment(ref _made);

    /// <summary>What to call it in messages.</summary>
    public string Name { get; }

    public LoraAdapter Adapter { get; }

    /// <summary>Memory of the factors.</summary>
    public long Bytes => _factors.Values.Sum(factors => factors.A.ByteCount + factors.B.ByteCount);

    /// <summary>Modules that ride beside a frozen weight, by path; DoRA's are not among them.</summary>
    internal IReadOnlyDictionary<string, ResidentFactors> Factors => _factors;

    /// <summary>Whether using it replaces whole weights of the base (DoRA, saved modules), so that lanes with it cannot share the base's matrix products.</summary>
    internal bool ReplacesWeights => Adapter.SavedModules.Count > 0 || Adapter.Modules.Any(module => module.Magnitude is not null);

    /// <exception cref="AdapterFormatException">It does not belong to the model, or holds NaN or infinite values, which would spoil every row of a batch.</exception>
    public static ResidentAdapter Place(CausalModel model, LoraAdapter adapter, string name)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(adapter);
        var findings = AdapterFit.Findings(model, adapter);
        if (findings.Count == 0)
            findings = adapter.FindNonFinite();
        if (findings.Count > 0)
            throw new AdapterFormatException(name, findings);
        var resident = new ResidentAdapter(adapter, name);
        using var noGrad = Grad.Disable();
        foreach (var module in adapter.Modules.Where(module => module.Magnitude is null))
        {
            using var scope = new TensorScope();
            resident._factors.Add(module.Path, new ResidentFactors(module, Lay(model, module.A, 1), Lay(model, module.B, 0)));
        }

        return resident;
    }

    public void Dispose()
    {
        foreach (var factors in _factors.Values)
        {
            factors.A.Dispose();
            factors.B.Dispose();
        }
    }

    private static Tensor Lay(CausalModel model, AdapterTensor factor, int rankDimension)
    {
        using var host = factor.ToTorch(Device.Cpu, model.ComputeType);
        var turned = host.T();
        var missing = (RankStep - turned.Size(rankDimension) % RankStep) % RankStep;
        if (missing > 0)
            turned = Tensor.Cat([turned, Tensor.Zeros(rankDimension == 0 ? [missing, turned.Size(1)] : [turned.Size(0), missing], model.ComputeType)], rankDimension);
        return TensorScope.Detach(turned.Contiguous().To(model.Device));
    }
}
