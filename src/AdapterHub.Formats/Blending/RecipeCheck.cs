using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Blending;

/// <summary>What can be said of a recipe before its parents are looked at: which settings a method needs, and which mean nothing to it.</summary>
internal sealed class RecipeCheck(BlendRecipe recipe)
{
    private readonly List<FormatFinding> _findings = [];

    public static IReadOnlyList<FormatFinding> Run(BlendRecipe recipe)
    {
        var check = new RecipeCheck(recipe);
        if (recipe.Parents.IsDefaultOrEmpty)
        {
            check.Add(null, "a blend needs parents", "one or more");
            return check._findings;
        }

        foreach (var parent in recipe.Parents)
            check.CheckParent(parent);
        check.CheckVersion();
        if (!recipe.Contributing.Any())
            check.Add(null, "every weight is 0, so the blend would change nothing", "a weight other than 0");
        check.CheckSettings();
        return check._findings;
    }

    private void CheckParent(BlendParent parent)
    {
        foreach (var weight in parent.Modules.Select(rule => rule.Weight).Prepend(parent.Weight))
        {
            if (!double.IsFinite(weight))
                Add(parent.Name, "the weight is not a number", "a finite number", $"{weight}");
            else if (weight < 0 && recipe.Method == BlendMethod.Slerp)
                Add(parent.Name, "an arc between two directions has no negative weights", ">= 0", $"{weight}");
        }

        if (parent is { Contributes: true, Adapter: null })
            Add(parent.Name, "the parent has not been loaded");
    }

    private void CheckVersion()
    {
        if (recipe.Version is < 1 or > BlendRecipe.CurrentVersion)
            Add("version", "this version of a recipe is not known here", $"1 to {BlendRecipe.CurrentVersion}", $"{recipe.Version}");
        var isOfVersion1 = recipe is { Method: BlendMethod.Exact or BlendMethod.LowRank, Density: null, MajoritySign: MajoritySign.Total, Scale: 1, BaseModel: null, Learning: null }
            && recipe.Parents.All(parent => parent.Modules.IsDefaultOrEmpty);
        if (recipe.Version == 1 && !isOfVersion1)
            Add("version", "version 1 of a recipe knows one weight a parent and the methods exact and low_rank without settings", "2", "1");
    }

    private void CheckSettings()
    {
        if (recipe.Rank is <= 0)
            Add("rank", "a rank is at least 1", ">= 1", $"{recipe.Rank}");
        else if (recipe is { Method: BlendMethod.LowRank, Rank: null })
            Add("rank", "a low-rank blend needs a rank", ">= 1", "none");
        else if (recipe.Rank is not null && !recipe.Method.TakesRank())
            Add("rank", $"{(recipe.Method == BlendMethod.Exact ? "an exact blend has the rank that its parents add up to" : "PEFT's linear keeps the rank of its parents")}", "none", $"{recipe.Rank}");
        if (recipe.Method.Prunes() && recipe.Density is not (> 0 and <= 1))
            Add("density", "this method keeps a share of the elements", "above 0 and at most 1", recipe.Density is { } density ? $"{density}" : "none");
        else if (!recipe.Method.Prunes() && recipe.Density is not null)
            Add("density", $"{recipe.Method.Name()} drops nothing", "none", $"{recipe.Density}");
        if (recipe.MajoritySign != MajoritySign.Total && !recipe.Method.ElectsSigns())
            Add("majority_sign", $"{recipe.Method.Name()} elects no signs", "none");
        if (!double.IsFinite(recipe.Scale) || recipe.Scale == 0)
            Add("scale", "the scale is no number other than 0", "a finite number other than 0", $"{recipe.Scale}");
        if (recipe.Method == BlendMethod.Slerp && recipe.Contributing.Skip(2).Any())
            Add("method", "slerp goes from one adapter to another", "two parents", $"{recipe.Contributing.Count()}");
        if (recipe.Dtype is not (SafetensorsDtype.F32 or SafetensorsDtype.F16 or SafetensorsDtype.BF16))
            Add("dtype", "a blend is not written in this type", "F32, F16 or BF16", recipe.Dtype.FileName());
    }

    private void Add(string? about, string problem, string? expected = null, string? found = null) =>
        _findings.Add(new FormatFinding(about, problem, expected, found));
}
