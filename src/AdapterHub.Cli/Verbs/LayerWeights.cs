using System.Globalization;
using AdapterHub.Protocol.Runs;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>Reads "N:LAYERS=WEIGHT": the weight of the N-th adapter in some layers.</summary>
internal static class LayerWeights
{
    /// <summary>The adapters with their rules in the order given.</summary>
    /// <exception cref="RunInputException">A rule that is none, or for an adapter that is not there.</exception>
    public static IReadOnlyList<WeightedAdapter> Apply(IReadOnlyList<WeightedAdapter> adapters, IReadOnlyList<string> rules)
    {
        var read = rules.Select(rule => Read(rule, adapters.Count)).ToList();
        return [.. adapters.Select((adapter, place) => adapter with { Layers = [.. read.Where(rule => rule.Place == place + 1).Select(rule => rule.Weight)] })];
    }

    private static (int Place, LayerWeight Weight) Read(string rule, int adapters)
    {
        var (colon, equals) = (rule.IndexOf(':', StringComparison.Ordinal), rule.LastIndexOf('='));
        if (colon <= 0 || equals <= colon + 1
            || !int.TryParse(rule.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            || !double.TryParse(rule.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight))
        {
            throw new RunInputException($"--layer-weight takes N:LAYERS=WEIGHT, such as 1:layers.0-3.mlp=0.2; \"{rule}\" is none.");
        }

        if (place < 1 || place > adapters)
            throw new RunInputException($"--layer-weight {rule}: there are {adapters} adapters, counted from 1.");
        return (place, new LayerWeight(rule[(colon + 1)..equals], weight));
    }
}
