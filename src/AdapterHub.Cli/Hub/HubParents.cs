using AdapterHub.Cli.Output;
using AdapterHub.Cli.Verbs;
using AdapterHub.Engine.Blending;
using AdapterHub.Protocol.Hub;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Runs;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Hub;

/// <summary>
/// Fetches what a blend names as <c>owner/name</c> or <c>owner/name@revision</c> and this machine has no folder for. Revisions never change, so what
/// was fetched stays in the cache; a recipe insists on the digests of its adapters anyway.
/// </summary>
internal sealed class HubParents(Invocation invocation, Func<HubClient> connect)
{
    private static readonly string[] Needed = [".json", ".safetensors", ".jinja"];

    /// <summary>The spec with a folder for every such name, adapters by the revision that they have now.</summary>
    public async Task<BlendSpec> LocateAsync(BlendSpec spec)
    {
        var recipe = spec.Recipe is { } file ? BlendRecipeJson.Read(file) : null;
        var names = recipe is null ? spec.Adapters.Select(adapter => adapter.Path) : recipe.Parents.Where(parent => parent.Contributes).Select(parent => parent.Path);
        var bases = new[] { spec.Base, recipe?.BaseModel?.Name };
        var wanted = names.Concat(bases).OfType<string>().Where(IsOfHub).Distinct(StringComparer.Ordinal).ToList();
        if (wanted.Count == 0)
            return spec;
        using var client = connect();
        var found = new Dictionary<string, (string Name, string Folder)>(StringComparer.Ordinal);
        foreach (var name in wanted)
            found[name] = await FetchAsync(client, name, isBase: bases.Contains(name)).ConfigureAwait(false);
        return spec with
        {
            Adapters = [.. spec.Adapters.Select(adapter => found.TryGetValue(adapter.Path, out var at) ? adapter with { Path = at.Name } : adapter)],
            Folders = found.Select(entry => (recipe is null && !bases.Contains(entry.Key) ? entry.Value.Name : entry.Key, entry.Value.Folder)).DistinctBy(entry => entry.Item1, StringComparer.Ordinal)
                .ToDictionary(entry => entry.Item1, entry => entry.Folder, StringComparer.Ordinal),
        };
    }

    /// <summary>A folder of that name comes first.</summary>
    private static bool IsOfHub(string name) => !Directory.Exists(name) && !Path.IsPathRooted(name) && name.Split('@', 2)[0].Split('/') is [{ Length: > 0 } owner, { Length: > 0 } last]
        && owner is not ("." or "..") && last is not ("." or "..");

    private async Task<(string Name, string Folder)> FetchAsync(HubClient client, string name, bool isBase)
    {
        var (repository, revision) = name.Split('@', 2) switch { [var plain] => (plain, "main"), [var plain, var asked] => (plain, asked), _ => (name, "main") };
        HubRevision there;
        try
        {
            there = await client.GetRevisionAsync(repository, revision, invocation.Stop).ConfigureAwait(false);
        }
        catch (HubClientException absent)
        {
            throw new RunInputException($"{name}: there is no such folder here, and the hub at {client.Hub} has none to give: {absent.Message}", absent);
        }

        var folder = Path.Combine(CacheFolder.Path, "hub", there.Commit.Id);
        var files = there.Files.Where(file => !file.Path.Contains('/', StringComparison.Ordinal) && Needed.Any(ending => file.Path.EndsWith(ending, StringComparison.Ordinal))
            && !File.Exists(Path.Combine(folder, file.Path))).ToList();
        Directory.CreateDirectory(folder);
        await new TransferView(invocation).RunAsync("fetched", [.. files.Select(file => ($"{repository}/{file.Path}", file.Length))],
            (k, progress) => client.DownloadAsync(repository, there.Commit.Id, files[k], LocalTree.Target(folder, files[k].Path), progress, invocation.Stop)).ConfigureAwait(false);
        return (isBase ? repository : $"{there.Repository}@{there.Commit.Id}", folder);
    }
}
