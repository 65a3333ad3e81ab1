using System.Collections.Immutable;
using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Engine.Blending;

/// <summary>How the weighted sum of the parents' changes is written down.</summary>
public enum BlendMethod
{
    /// <summary>The factors side by side: nothing is lost, the ranks add up.</summary>
    Exact,

    /// <summary>The best approximation of a given rank (Eckart and Young), with the error it makes.</summary>
    LowRank,
}

/// <summary>One of the adapters a blend is made of.</summary>
public sealed record BlendParent
{
    /// <summary>What to call it in reports.</summary>
    public required string Name { get; init; }

    /// <summary>w: its change of the base model counts this many times. Any finite number; with 0 the parent is not looked at.</summary>
    public required double Weight { get; init; }

    /// <summary>Its PEFT folder, or whatever else the caller of <see cref="BlendParents.Load"/> can turn into one.</summary>
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

    /// <summary>A parent in memory; a recipe with one can be kept, but not rebuilt from its file alone.</summary>
    public static BlendParent FromAdapter(string name, LoraAdapter adapter, double weight) => new() { Name = name, Adapter = adapter, Weight = weight };
}

/// <summary>What a blend is made of: everything that decides its bytes. Kept beside it as <c>blend.json</c>.</summary>
public sealed record BlendRecipe
{
    public const string FileName = "blend.json";

    /// <summary>The version of the arithmetic. A change that gives other bytes for the same recipe takes the next number.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public required ImmutableArray<BlendParent> Parents { get; init; }

    public BlendMethod Method { get; init; }

    /// <summary>The rank of a <see cref="BlendMethod.LowRank"/> blend, 1 or more; modules whose stacked rank is no more stay exact.</summary>
    public int? Rank { get; init; }

    /// <summary>Type of the factors: F32, or F16 and BF16 whose rounding is measured and reported.</summary>
    public SafetensorsDtype Dtype { get; init; } = SafetensorsDtype.F32;

    /// <summary>
    /// Which parent's whole tensors (modules_to_save, trained biases, resized embeddings) the blend takes, by its place in
    /// <see cref="Parents"/>. They have no weighted sum, so a parent that has them is refused without it.
    /// </summary>
    public int? SavedModulesFrom { get; init; }

    /// <summary>For methods that draw random numbers; the two of version 1 draw none.</summary>
    public ulong Seed { get; init; }

    /// <summary>Parents that count: those with a weight other than 0.</summary>
    internal IEnumerable<int> Contributing => Enumerable.Range(0, Parents.Length).Where(parent => Parents[parent].Weight != 0);
}
