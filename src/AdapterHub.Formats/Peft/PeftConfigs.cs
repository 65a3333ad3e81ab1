using System.Collections.Immutable;
using System.Text.RegularExpressions;
using AdapterHub.Formats.Inspection;

namespace AdapterHub.Formats.Peft;

/// <summary>Makes configs fit modules.</summary>
public static class PeftConfigs
{
    /// <summary>
    /// A copy of <paramref name="config"/> that describes exactly these modules: the commonest rank and alpha as r and lora_alpha, patterns for
    /// the rest, the union of the targets. Modules that differ in use_rslora get use_rslora off and an alpha that keeps their scale.
    /// </summary>
    /// <returns>The config, and the modules as it describes them, in the order of their paths.</returns>
    public static (PeftConfig Config, ImmutableArray<LoraModule> Modules) Describe(PeftConfig config, IEnumerable<LoraModule> modules)
    {
        ArgumentNullException.ThrowIfNull(config);
        var described = modules.OrderBy(module => module.Path, CodePointComparer.Instance).ToImmutableArray();
        if (described.IsEmpty)
            throw new ArgumentException("There is no module to describe.", nameof(modules));
        var rslora = described.All(module => module.UseRslora);
        if (!rslora)
            described = [.. described.Select(module => module.UseRslora ? module with { Alpha = module.Scale * module.Rank, UseRslora = false } : module)];

        var rank = Commonest(described, module => module.Rank);
        var alpha = Commonest(described, module => module.Alpha);
        return (config with
        {
            Rank = rank,
            LoraAlpha = alpha,
            UseRslora = rslora,
            UseDora = described.Any(module => module.Magnitude is not null),
            LoraBias = described.Any(module => module.BiasB is not null),
            RankPattern = Patterns(described, module => module.Rank, rank),
            AlphaPattern = Patterns(described, module => module.Alpha, alpha),
            TargetModules = ModuleSelection.FromNames(Targets(described)),
            ExcludeModules = null,
            LayersToTransform = null,
            LayersPattern = [],
        }, described);
    }

    /// <summary>Last names where that says it all, as people write them; PEFT takes the shortest spelling as it takes the longest.</summary>
    private static IEnumerable<string> Targets(ImmutableArray<LoraModule> modules) =>
        modules.Select(module => ModulePath.Leaf(module.Path)).Distinct(StringComparer.Ordinal).Order(CodePointComparer.Instance);

    private static T Commonest<T>(ImmutableArray<LoraModule> modules, Func<LoraModule, T> value)
        where T : notnull => modules.GroupBy(value).OrderByDescending(group => group.Count()).First().Key;

    /// <summary>One pattern by last name where all modules of that name agree, else one by full path for each module that differs.</summary>
    private static ImmutableArray<KeyValuePair<string, T>> Patterns<T>(ImmutableArray<LoraModule> modules, Func<LoraModule, T> value, T common)
        where T : IEquatable<T> =>
    [
        .. from byLeaf in modules.GroupBy(module => ModulePath.Leaf(module.Path), StringComparer.Ordinal)
           let agree = byLeaf.Select(value).Distinct().Count() == 1
           from module in agree ? byLeaf.Take(1) : byLeaf
           where !value(module).Equals(common)
           select KeyValuePair.Create(agree ? Escape(byLeaf.Key) : "^" + Escape(module.Path), value(module)),
    ];

    /// <summary>Python and .NET agree on these escapes; Regex.Escape would also escape spaces and '#'.</summary>
    private static string Escape(string path) => Regex.Replace(path, @"[\\.^$*+?{}\[\]|()]", @"\$0", RegexOptions.NonBacktracking);
}
