using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Formats;
using AdapterHub.Formats.Blending;
using AdapterHub.Formats.Peft;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Runs;

/// <summary>
/// Says before a run starts what cannot be blended: what the recipe gets wrong and what the adapters' configs and headers show. It is the engine's own
/// check, without tensors and without libtorch.
/// </summary>
public sealed class BlendPlanner(RevisionReader revisions, RepositoryCatalog repositories, BlobStore blobs)
{
    /// <summary>Sentences for a person; none where it can be blended as far as can be seen.</summary>
    /// <exception cref="CatalogException">NotFound, Forbidden: an adapter is not there or hidden. Invalid: a name is none.</exception>
    public async Task<IReadOnlyList<string>> FindProblemsAsync(Actor actor, BlendSpec spec, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(spec);
        List<string> problems = [];
        var files = new Dictionary<string, (string Config, string Tensors)>(StringComparer.Ordinal);
        var bases = new List<(string Adapter, RepositoryName Base)>();
        foreach (var reference in spec.Adapters.Select(adapter => adapter.Path).Distinct(StringComparer.Ordinal))
        {
            var (name, revision) = Split(reference);
            var view = await repositories.GetAsync(actor, name, cancel);
            var found = await revisions.GetRevisionAsync(actor, name, revision, cancel);
            if (found.Find(PeftConfig.FileName) is { } config && found.Find(PeftAdapterFolder.TensorFileName) is { } tensors)
                files[reference] = (blobs.PathOf(config.Digest), blobs.PathOf(tensors.Digest));
            else
                problems.Add($"{name} is no adapter that can be blended: it lacks {PeftConfig.FileName} or {PeftAdapterFolder.TensorFileName}.");
            if (view.BaseRepository is { } trainedOn)
                bases.Add((view.Name.ToString(), trainedOn));
        }

        problems.AddRange(FindForeign(spec, bases));
        if (problems.Count == 0)
            problems.AddRange(Check(spec, files));
        return problems;
    }

    /// <exception cref="CatalogException">Invalid.</exception>
    public static (RepositoryName Name, string? Revision) Split(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var parts = reference.Split('@', 2);
        return (RepositoryName.Parse(parts[0]), parts.Length > 1 ? parts[1] : null);
    }

    private static IEnumerable<string> FindForeign(BlendSpec spec, List<(string Adapter, RepositoryName Base)> bases)
    {
        var expected = spec.Base is { } given && RepositoryName.TryParse(given.Split('@', 2)[0], out var named) ? named : bases.Select(entry => (RepositoryName?)entry.Base).FirstOrDefault();
        return expected is null ? [] : bases.Where(entry => entry.Base != expected)
            .Select(entry => $"{entry.Adapter} was trained on {entry.Base}, not on {expected}: adapters of different base models have no blend.");
    }

    private static IEnumerable<string> Check(BlendSpec spec, Dictionary<string, (string Config, string Tensors)> files)
    {
        try
        {
            return BlendCheck.RunOnHeaders(ToRecipe(spec), parent => files[parent.Path!]).Select(Say).Distinct(StringComparer.Ordinal);
        }
        catch (AdapterFormatException broken)
        {
            return broken.Findings.Select(Say);
        }
        catch (IOException)
        {
            return ["The files of an adapter cannot be read on the hub's disk. An administrator can look with the check of the catalogue."];
        }
    }

    private static BlendRecipe ToRecipe(BlendSpec spec)
    {
        var method = BlendMethods.TryParse(spec.Method, out var known) ? known : spec.Rank is null ? BlendMethod.Exact : BlendMethod.LowRank;
        return new BlendRecipe
        {
            Parents = [.. spec.Adapters.Select(adapter => new BlendParent
            {
                Name = adapter.Path.Split('@', 2)[0], Path = adapter.Path, Weight = adapter.Weight, Modules = [.. adapter.Layers.Select(ToRule)],
            })],
            Method = method,
            Rank = spec.Rank,
            Density = method.Prunes() ? spec.Density ?? BlendSpec.UsualDensity : spec.Density,
            MajoritySign = spec.MajoritySign.Equals("frequency", StringComparison.OrdinalIgnoreCase) ? MajoritySign.Frequency : MajoritySign.Total,
            Scale = spec.Scale,
            BaseModel = spec.Base is { Length: > 0 } name ? new BlendBaseModel { Name = name } : null,
            SavedModulesFrom = spec.SavedModulesFrom - 1,
        };
    }

    private static ModuleWeight ToRule(LayerWeight layer) => ModulePattern.TryParse(layer.Pattern, out var pattern)
        ? new ModuleWeight(pattern, layer.Weight)
        : throw new CatalogException(CatalogFault.Invalid, $"\"{layer.Pattern}\" is no pattern of layers; write segments joined by dots, such as layers.0-7.mlp.");

    private static string Say(FormatFinding finding)
    {
        var text = finding.ToString();
        return text.EndsWith('.') ? text : text + ".";
    }
}
