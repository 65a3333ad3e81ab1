using System.Collections.Immutable;
using AdapterHub.Engine.Blending;
using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Runs;

/// <summary>Recipes as the engine takes them.</summary>
internal static class BlendRecipes
{
    /// <summary>The recipe in the file that the spec names, or the one that its settings are.</summary>
    public static BlendRecipe Read(BlendSpec spec)
    {
        if (spec.Recipe is { } file)
            return BlendRecipeJson.Read(file);
        var method = spec.Method is null ? (spec.Rank is null ? BlendMethod.Exact : BlendMethod.LowRank) : Parse(spec.Method);
        return new BlendRecipe
        {
            Parents = [.. spec.Adapters.Select(adapter => ToParent(adapter, spec.Folders.ContainsKey(adapter.Path)))],
            Method = method,
            Rank = spec.Rank,
            Density = method.Prunes() ? spec.Density ?? BlendSpec.UsualDensity : spec.Density,
            MajoritySign = spec.MajoritySign.Equals("frequency", StringComparison.OrdinalIgnoreCase) ? MajoritySign.Frequency : MajoritySign.Total,
            Scale = spec.Scale,
            Seed = spec.Seed,
            BaseModel = spec.Base is { } name ? new BlendBaseModel { Name = name } : null,
            Dtype = spec.DType.ToLowerInvariant() switch { "bf16" => SafetensorsDtype.BF16, "f16" => SafetensorsDtype.F16, _ => SafetensorsDtype.F32 },
            SavedModulesFrom = spec.SavedModulesFrom - 1,
        };
    }

    /// <param name="adapter">Its folder, or its name.</param>
    /// <param name="isNamed">It is called <c>owner/name@revision</c>; reports leave the revision out.</param>
    /// <exception cref="RunInputException">A pattern of layers is none.</exception>
    public static BlendParent ToParent(WeightedAdapter adapter, bool isNamed = false) => (isNamed
        ? new BlendParent { Name = adapter.Path.Split('@', 2)[0], Path = adapter.Path, Weight = adapter.Weight }
        : BlendParent.FromFolder(adapter.Path, adapter.Weight)) with
    {
        Modules = adapter.Layers.Select(layer => ModulePattern.TryParse(layer.Pattern, out var pattern)
            ? new ModuleWeight(pattern, layer.Weight)
            : throw new RunInputException($"{adapter.Path}: \"{layer.Pattern}\" is no pattern of layers; write segments joined by dots, such as layers.0-7.mlp.")).ToImmutableArray(),
    };

    /// <summary>For DoRA parents and no base named: the one that they themselves name, where it is known on this machine.</summary>
    public static BlendRecipe NameBase(BlendRecipe recipe, BaseModels bases)
    {
        if (recipe.BaseModel is not null)
            return recipe;
        var named = recipe.Parents.Where(parent => parent.Adapter?.Config.UseDora == true).Select(parent => parent.Adapter!.Config.BaseModelNameOrPath).FirstOrDefault();
        return bases.List().Any(model => model.Name == named) ? recipe with { BaseModel = new BlendBaseModel { Name = named! } } : recipe;
    }

    private static BlendMethod Parse(string name) => BlendMethods.TryParse(name, out var method) ? method : throw new RunInputException($"{name} is no method of blending.");
}
