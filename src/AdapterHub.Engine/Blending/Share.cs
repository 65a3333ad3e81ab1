using AdapterHub.Formats;

namespace AdapterHub.Engine.Blending;

/// <summary>One parent's part in a layer.</summary>
/// <param name="Parent">Its place in the recipe.</param>
/// <param name="Weight">w in this layer, the recipe's scale included; not 0.</param>
/// <param name="Module">s B A, or DoRA's weight difference.</param>
internal sealed record Share(int Parent, double Weight, LoraModule Module)
{
    /// <summary>k = w s: what B A is multiplied by.</summary>
    public double K => Weight * Module.Scale;

    /// <summary>DoRA's change is not s B A and has full rank.</summary>
    public bool IsFullRank => Module.Magnitude is not null;

    /// <summary>The shares of each layer that anything changes, by path, in the order of the parents.</summary>
    public static List<IGrouping<string, Share>> ByLayer(BlendRecipe recipe)
    {
        var shares = from parent in recipe.Contributing
                     from module in recipe.Parents[parent].Adapter!.Modules
                     let share = new Share(parent, recipe.Scale * recipe.Parents[parent].WeightAt(module.Path), module)
                     where share.Weight != 0 && (share.K != 0 || share.IsFullRank)
                     select share;
        return [.. shares.GroupBy(share => share.Module.Path, StringComparer.Ordinal).OrderBy(layer => layer.Key, StringComparer.Ordinal)];
    }
}
