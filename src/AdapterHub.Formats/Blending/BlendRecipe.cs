using System.Collections.Immutable;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Blending;

/// <summary>Another weight of a parent in some layers.</summary>
/// <param name="Pattern">The layers.</param>
/// <param name="Weight">Takes the place of <see cref="BlendParent.Weight"/> there.</param>
public sealed record ModuleWeight(ModulePattern Pattern, double Weight);

/// <summary>One of the adapters a blend is made of.</summary>
public sealed record BlendParent
{
    /// <summary>What to call it in reports.</summary>
    public required string Name { get; init; }

    /// <summary>w: its change of the base model counts this many times. Any finite number; with 0, and 0 in all rules, the parent is not looked at.</summary>
    public required double Weight { get; init; }

    /// <summary>Layers with a weight of their own; the first rule that matches a layer decides it, as in PEFT's rank_pattern.</summary>
    public ImmutableArray<ModuleWeight> Modules { get; init; } = [];

    /// <summary>Its PEFT folder, or whatever else whoever loads it can turn into one, such as a repository of a hub.</summary>
    public string? Path { get; init; }

    /// <summary>sha256 (lower-case hexadecimal) of each of its files by name; empty until it has been read. A rebuild insists on them.</summary>
    public ImmutableSortedDictionary<string, string> Digests { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The adapter itself, for one that is in memory. Not part of the recipe's file.</summary>
    public LoraAdapter? Adapter { get; init; }

    /// <summary>A parent in a PEFT folder, called by the folder's name.</summary>
    public static BlendParent FromFolder(string path, double weight) => new()
    {
        Name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path))),
        Path = path,
        Weight = weight,
    };

    /// <summary>Whether it counts anywhere.</summary>
    public bool Contributes => Weight != 0 || Modules.Any(rule => rule.Weight != 0);

    /// <summary>w in the layer of that path.</summary>
    public double WeightAt(string path)
    {
        foreach (var rule in Modules)
        {
            if (rule.Pattern.Matches(path))
                return rule.Weight;
        }

        return Weight;
    }

    /// <summary>A parent in memory; a recipe with one can be kept, but not rebuilt from its file alone.</summary>
    public static BlendParent FromAdapter(string name, LoraAdapter adapter, double weight) => new() { Name = name, Adapter = adapter, Weight = weight };
}

/// <summary>The base model, for parents whose change cannot be known without it (DoRA).</summary>
public sealed record BlendBaseModel
{
    /// <summary>What it is called: a known name or a folder, as given.</summary>
    public required string Name { get; init; }

    /// <summary>sha256 (lower-case hexadecimal) over the weights that were read, by name; null until then. A rebuild insists on it.</summary>
    public string? Digest { get; init; }
}

/// <summary>Where weights come from that were learnt; a rebuild takes the weights as they stand.</summary>
public sealed record BlendLearning
{
    /// <summary>The base model that they were learnt on.</summary>
    public required string BaseModel { get; init; }

    /// <summary>Digest of the documents they were learnt from, tokenised.</summary>
    public required string Documents { get; init; }

    public required int Steps { get; init; }

    /// <summary>Tokens learnt from, repetitions included.</summary>
    public required long Tokens { get; init; }

    /// <summary>Held-out loss of the base, of each parent alone, of equal weights, and of the weights found; nats a token.</summary>
    public ImmutableSortedDictionary<string, double> HeldOutLosses { get; init; } = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);
}

/// <summary>What a blend is made of: everything that decides its bytes. Kept beside it as <c>blend.json</c>.</summary>
public sealed record BlendRecipe
{
    public const string FileName = "blend.json";

    /// <summary>
    /// The version of the arithmetic. A change that gives other bytes for the same recipe takes the next number. Version 1 knows the methods
    /// <see cref="BlendMethod.Exact"/> and <see cref="BlendMethod.LowRank"/> and one weight a parent; what it says means the same in version 2.
    /// </summary>
    public const int CurrentVersion = 2;

    public int Version { get; init; } = CurrentVersion;

    public required ImmutableArray<BlendParent> Parents { get; init; }

    public BlendMethod Method { get; init; }

    /// <summary>
    /// The largest rank of the result, 1 or more; a module whose rank is no more stays as it is. A <see cref="BlendMethod.LowRank"/> blend needs one;
    /// methods of full rank take the largest of the parents' without it; the others stay whole without it.
    /// </summary>
    public int? Rank { get; init; }

    /// <summary>Share of the elements that methods which prune keep, above 0 and at most 1.</summary>
    public double? Density { get; init; }

    /// <summary>For methods that elect signs.</summary>
    public MajoritySign MajoritySign { get; init; }

    /// <summary>Multiplies the whole result (lambda in the papers on task arithmetic and TIES).</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Type of the factors: F32, or F16 and BF16 whose rounding is measured and reported.</summary>
    public SafetensorsDtype Dtype { get; init; } = SafetensorsDtype.F32;

    /// <summary>
    /// Which parent's whole tensors (modules_to_save, trained biases, resized embeddings) the blend takes, by its place in
    /// <see cref="Parents"/>. They have no weighted sum, so a parent that has them is refused without it.
    /// </summary>
    public int? SavedModulesFrom { get; init; }

    /// <summary>For methods that draw random numbers.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where a DoRA parent's change is worked out; null refuses such parents.</summary>
    public BlendBaseModel? BaseModel { get; init; }

    /// <summary>Where the weights come from; null where somebody chose them.</summary>
    public BlendLearning? Learning { get; init; }

    /// <summary>Parents that count.</summary>
    public IEnumerable<int> Contributing => Enumerable.Range(0, Parents.Length).Where(parent => Parents[parent].Contributes);
}
