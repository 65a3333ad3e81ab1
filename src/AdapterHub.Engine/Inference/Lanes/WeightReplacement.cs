using System.Collections.Immutable;
using System.Globalization;
using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>Weights that a lane does not share with the base. Lanes with the same replacement share one copy of them.</summary>
internal sealed class WeightReplacement
{
    private readonly ReplacedWeights _weights = new();

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
            replacement._weights.AddDora(share.Adapter.Adapter, share.WeightAt);
        }

        if (findings.Count > 0)
            throw new AdapterFormatException("the lane", findings);
        return replacement._weights.IsEmpty ? null : replacement;
    }

    /// <summary>Rows of a model with these weights; what it shares with <paramref name="model"/> is in memory once. The caller's.</summary>
    public LaneGroup Apply(CausalModel model, bool recordsDecoding)
    {
        var replaced = _weights.Make(model);
        return new LaneGroup(model.With(replaced), recordsDecoding, replaced.Values.Sum(tensor => tensor.ByteCount));
    }

    private static string Describe(LaneShare share) => string.Create(CultureInfo.InvariantCulture,
        $"{share.Adapter.Id}:{share.Weight:R}:{string.Join(',', share.Modules.IsDefault ? [] : share.Modules.Select(rule => $"{rule.Pattern}={rule.Weight.ToString("R", CultureInfo.InvariantCulture)}"))}");

    private void Add(LaneShare share, string name, AdapterTensor tensor, List<FormatFinding> findings)
    {
        var weight = share.WeightAt(SavedModuleName.FindTokenTable(name) ?? SavedModuleName.ToWeight(name));
        if (weight is not (0 or 1))
            findings.Add(new FormatFinding(name, $"{share.Adapter.Name} replaces this tensor whole, so it can count once or not at all", "a weight of 0 or 1", weight.ToString(CultureInfo.InvariantCulture)));
        else if (weight == 1 && _weights.HasWhole(name))
            findings.Add(new FormatFinding(name, $"{share.Adapter.Name} and another adapter of the lane both replace this tensor; give one of them a weight of 0 here"));
        else if (weight == 1)
            _weights.AddWhole(share.Adapter.Adapter, name, tensor);
    }
}
