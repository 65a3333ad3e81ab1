using AdapterHub.Engine.Blending;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Runs;

/// <summary>One adapter that stands for several with their weights: their exact blend.</summary>
public static class WeightedAdapters
{
    /// <summary>Null where none has a weight, the adapter itself for one of weight 1, otherwise the exact weighted sum.</summary>
    /// <exception cref="AdapterFormatException">A folder is no adapter, or they have no weighted sum.</exception>
    public static LoraAdapter? Load(IReadOnlyList<WeightedAdapter> adapters)
    {
        var counting = adapters.Where(adapter => adapter.Weight != 0 || adapter.Layers.Any(layer => layer.Weight != 0)).ToList();
        if (counting.Count == 0)
            return null;
        if (counting is [{ Weight: 1, Layers.Count: 0 } only])
            return PeftAdapterFolder.Read(only.Path);
        var recipe = new BlendRecipe { Parents = [.. counting.Select(adapter => BlendRecipes.ToParent(adapter))] };
        return Blend.Run(recipe) switch
        {
            BlendResult.Done done => done.Adapter,
            BlendResult.Refused refused => throw new AdapterFormatException("the blend", refused.Reasons),
            var other => throw new NotSupportedException($"No meaning for {other}."),
        };
    }
}
