using System.Collections.Immutable;
using System.Security.Cryptography;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Engine.Blending;

/// <summary>Brings the parents of a recipe into memory.</summary>
public static class BlendParents
{
    private static readonly ImmutableArray<string> Files = [PeftConfig.FileName, PeftAdapterFolder.TensorFileName];

    /// <summary>
    /// The same recipe with adapters and digests. A parent that counts nowhere is left as it is; of one that is in memory already only the adapter counts.
    /// </summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="locate">Gives a parent's folder; without it <see cref="BlendParent.Path"/> is one.</param>
    /// <param name="cancellation">Looked at between the parents.</param>
    /// <exception cref="AdapterFormatException">
    /// A parent is no adapter, has no folder, or its files are not those whose digests the recipe names.
    /// </exception>
    public static BlendRecipe Load(BlendRecipe recipe, Func<BlendParent, string?>? locate = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        locate ??= parent => parent.Path;
        var parents = ImmutableArray.CreateBuilder<BlendParent>(recipe.Parents.Length);
        foreach (var parent in recipe.Parents)
        {
            cancellation.ThrowIfCancellationRequested();
            parents.Add(!parent.Contributes || parent.Adapter is not null ? parent : Open(parent, locate(parent)));
        }

        return recipe with { Parents = parents.DrainToImmutable() };
    }

    /// <summary>The same recipe with the digest of the base's weights that DoRA parents need.</summary>
    /// <exception cref="AdapterFormatException">They are not those whose digest the recipe names.</exception>
    internal static BlendRecipe Insist(BlendRecipe recipe, BaseWeights baseModel)
    {
        var paths = recipe.Contributing.SelectMany(parent => recipe.Parents[parent].Adapter!.Modules).Where(module => module.Magnitude is not null).Select(module => module.Path).ToList();
        if (recipe.BaseModel is not { } model || paths.Count == 0 || recipe.Method == BlendMethod.Exact)
            return recipe with { BaseModel = null };
        var digest = baseModel.Digest(paths);
        return model.Digest is null || model.Digest == digest
            ? recipe with { BaseModel = model with { Digest = digest } }
            : throw new AdapterFormatException(model.Name, [new FormatFinding("base_model", "the weights are not those the recipe was made with (sha256)", model.Digest, digest)]);
    }

    private static BlendParent Open(BlendParent parent, string? folder)
    {
        if (folder is null)
            throw new AdapterFormatException(parent.Name, [new FormatFinding(null, "the recipe does not say where this parent is", "a path")]);
        var adapter = PeftAdapterFolder.Read(folder);
        var digests = Files.ToImmutableSortedDictionary(file => file, file => Digest(Path.Combine(folder, file)), StringComparer.Ordinal);
        var findings = (from expected in parent.Digests
                        let found = digests.GetValueOrDefault(expected.Key)
                        where found != expected.Value
                        select new FormatFinding(expected.Key, "the file is not the one the recipe was made with (sha256)", expected.Value, found ?? "none")).ToList();
        return findings.Count == 0 ? parent with { Adapter = adapter, Digests = digests } : throw new AdapterFormatException(folder, findings);
    }

    private static string Digest(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
