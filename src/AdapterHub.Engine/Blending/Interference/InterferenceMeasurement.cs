using System.Collections.Immutable;
using AdapterHub.Engine.Blending.Methods;
using AdapterHub.Formats;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending.Interference;

/// <summary>Measures how adapters get into each other's way, module by module and without forming a whole change.</summary>
public static class InterferenceMeasurement
{
    /// <param name="recipe">Parents and weights; its method does not matter. A parent that counts nowhere is left out.</param>
    /// <param name="baseModel">For DoRA parents.</param>
    /// <param name="progress">Told of the share done.</param>
    /// <param name="cancellation">Looked at between modules.</param>
    /// <exception cref="AdapterFormatException">A parent is no adapter, or the parents do not belong to one base model; every reason.</exception>
    public static InterferenceReport Run(BlendRecipe recipe, BaseWeights? baseModel = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        recipe = BlendParents.Load(recipe, cancellation: cancellation) with { Method = BlendMethod.TaskArithmetic, Rank = null, Density = null, MajoritySign = MajoritySign.Total };
        if (baseModel is not null)
            recipe = recipe with { BaseModel = recipe.BaseModel ?? new BlendBaseModel { Name = "base" } };
        if (BlendCheck.RunForComparison(recipe, baseModel is null ? null : baseModel.Problem) is { IsEmpty: false } reasons)
            throw new AdapterFormatException("the adapters", reasons);

        var places = recipe.Contributing.Select((parent, place) => (parent, place)).ToDictionary(entry => entry.parent, entry => entry.place);
        var context = new BlendContext(recipe, Device.Cpu, baseModel);
        var layers = Share.ByLayer(recipe);
        var modules = new List<ModuleMeasurement>();
        foreach (var layer in layers)
        {
            cancellation.ThrowIfCancellationRequested();
            modules.Add(ModuleMeasurement.Of(context, [.. layer.Select(share => (places[share.Parent], share))]));
            progress?.Report((double)modules.Count / layers.Count);
        }

        return Summarise(recipe, modules);
    }

    private static InterferenceReport Summarise(BlendRecipe recipe, List<ModuleMeasurement> modules)
    {
        var parents = recipe.Contributing.Select(parent => recipe.Parents[parent]).ToList();
        var adapters = parents.Select((parent, place) => new AdapterStrength(
            parent.Name, parent.Weight, modules.Count(module => module.Squares.ContainsKey(place)), Math.Sqrt(modules.Sum(module => module.Squares.GetValueOrDefault(place))))).ToImmutableArray();
        var pairs = (from first in Enumerable.Range(0, parents.Count)
                     from second in Enumerable.Range(first + 1, parents.Count - first - 1)
                     select Pair(first, second, adapters, modules)).ToImmutableArray();
        return new InterferenceReport
        {
            Adapters = adapters,
            Layers = [.. modules.GroupBy(module => ModelLayer.Of(module.Path), StringComparer.Ordinal)
                .OrderBy(layer => ModelLayer.Number(layer.Key)).ThenBy(layer => layer.Key, StringComparer.Ordinal)
                .Select(layer => new LayerNorms(layer.Key, [.. adapters.Select((_, place) => Math.Sqrt(layer.Sum(module => module.Squares.GetValueOrDefault(place))))]))],
            Pairs = pairs,
            Advice = InterferenceAdvice.Say(adapters, pairs),
        };
    }

    private static PairInterference Pair(int first, int second, ImmutableArray<AdapterStrength> adapters, List<ModuleMeasurement> modules)
    {
        var shared = modules.Where(module => module.Pairs.ContainsKey((first, second))).Select(module => module.Pairs[(first, second)]).ToList();
        var norms = adapters[first].Norm * adapters[second].Norm;
        var (opposite, elements) = (shared.Sum(pair => pair.Signs.Opposite * pair.Elements), shared.Sum(pair => (double)pair.Elements));
        var (against, whole) = (shared.Sum(pair => pair.Signs.Against), shared.Sum(pair => pair.Signs.Whole));
        return new PairInterference
        {
            First = first,
            Second = second,
            Cosine = norms > 0 ? shared.Sum(pair => pair.Inner) / norms : 0,
            SignConflict = elements > 0 ? opposite / elements : 0,
            WeightedSignConflict = whole > 0 ? against / whole : 0,
            Modules = [.. shared.Select(pair => pair.Module)],
        };
    }
}
