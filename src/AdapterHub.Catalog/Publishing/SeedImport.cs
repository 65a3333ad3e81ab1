using System.Globalization;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing.Checks;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing;

/// <summary>What came of the seeds.</summary>
/// <param name="Published">Repositories that are new or have a new revision.</param>
/// <param name="Problems">Seeds that were left out, one sentence each.</param>
public sealed record SeedImportReport(IReadOnlyList<string> Published, IReadOnlyList<string> Problems);

/// <summary>
/// Brings the models, datasets and adapters that come with the program into the catalogue, under the owner <c>adapterhub</c>. A seed that changed
/// becomes a new revision; what people did meanwhile (edited, moved, deleted) is left as they want it.
/// </summary>
public sealed class SeedImport(IDbContextFactory<CatalogContext> contexts, BlobStore store, Publisher publisher, TimeProvider time)
{
    public const string OwnerName = "adapterhub";

    /// <summary>Settings under this name hold which seed was brought last: the digest of its tree and a fingerprint of its files.</summary>
    private const string SettingPrefix = "seed/";

    /// <summary>Bases before the adapters that name them.</summary>
    private static readonly (string Folder, RepositoryKind Kind)[] Folders =
        [("models", RepositoryKind.BaseModel), ("datasets", RepositoryKind.Dataset), ("adapters", RepositoryKind.Adapter)];

    /// <param name="folder">With the subfolders models, datasets and adapters, and in each a folder a repository.</param>
    public async Task<SeedImportReport> ImportAsync(string folder, CancellationToken cancel = default)
    {
        var published = new List<string>();
        var problems = new List<string>();
        foreach (var seed in Find(folder))
        {
            try
            {
                if (await ImportAsync(seed, problems, cancel))
                    published.Add(seed.Name.ToString());
            }
            catch (Exception refused) when (refused is CatalogException or IOException or UnauthorizedAccessException)
            {
                problems.Add($"{seed.Folder}: {refused.Message}");
            }
        }

        return new SeedImportReport(published, problems);
    }

    /// <summary>
    /// A folder a seed, named as its folder. Kinds share one space of names here, so a dataset called as the adapter that was trained on it
    /// takes an ending.
    /// </summary>
    private static IEnumerable<Seed> Find(string folder)
    {
        var found = Folders.SelectMany(group => Directory.Exists(Path.Combine(folder, group.Folder))
            ? Directory.GetDirectories(Path.Combine(folder, group.Folder)).Order(StringComparer.Ordinal).Select(path => (group.Folder, group.Kind, Path: path))
            : []).ToList();
        return from seed in found
               let bare = Path.GetFileName(seed.Path)
               let isShared = seed.Kind == RepositoryKind.Dataset && found.Exists(other => other.Kind != seed.Kind && Path.GetFileName(other.Path) == bare)
               select new Seed(seed.Path, RepositoryName.Of(OwnerName, isShared ? $"{bare}-dataset" : bare), seed.Kind, $"{SettingPrefix}{seed.Folder}/{bare}");
    }

    private async Task<bool> ImportAsync(Seed seed, List<string> problems, CancellationToken cancel)
    {
        var files = Directory.EnumerateFiles(seed.Folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden })
            .Order(StringComparer.Ordinal).Select(path => new FileInfo(path)).ToList();
        var fingerprint = Fingerprint(seed.Folder, files);
        var before = await FindBroughtAsync(seed, cancel);
        if (files.Count == 0 || before?.Fingerprint == fingerprint)
            return false;
        var tree = new List<TreeFile>();
        foreach (var file in files)
            tree.Add(await HashAsync(seed.Folder, file, cancel));
        var digest = TreeDigest.Of("", tree);
        if (before?.Tree == digest)
        {
            await RememberAsync(seed, digest, fingerprint, cancel);
            return false;
        }

        var published = await PublishAsync(seed, tree, before?.Tree, problems, cancel);
        await RememberAsync(seed, digest, fingerprint, cancel);
        return published;
    }

    /// <summary>False when people have taken the repository over.</summary>
    private async Task<bool> PublishAsync(Seed seed, List<TreeFile> tree, string? before, List<string> problems, CancellationToken cancel)
    {
        var existing = await FindHeadAsync(seed.Name, cancel);
        if (existing is { Tree: var head } && TreeDigest.Of("", tree) == head)
            return false;
        if (existing is null ? before is not null : existing.Tree != before)
        {
            problems.Add($"{seed.Name} was changed, moved or deleted here, so its new seed was left out.");
            return false;
        }

        await EnsureOwnerAsync(cancel);
        foreach (var file in tree.Where(file => !store.Contains(file.Digest)))
        {
            await using var stream = new FileStream(Path.Combine(seed.Folder, file.Path), FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous);
            await store.ReceiveAsync(Actor.Hub, stream, new ExpectedContent { Length = file.Length, Digest = file.Digest }, cancel);
        }

        var request = new CommitRequest
        {
            Message = existing is null ? "As it comes with AdapterHub" : "As it comes with a newer AdapterHub",
            Files = [.. tree.Select(file => FileChange.Put(file.Path, file.Digest))],
            ReplacesTree = true,
        };
        _ = existing is null
            ? await publisher.CreateAsync(Actor.Hub, new NewRepository(seed.Name, seed.Kind, RepositoryVisibility.Public), request, cancel)
            : await publisher.CommitAsync(Actor.Hub, seed.Name, request, cancel);
        return true;
    }

    private static string Fingerprint(string seed, List<FileInfo> files) => TreeDigest.Of("", files.Select(file => new TreeFile(
        Relative(seed, file), string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}"), file.Length)));

    private static string Relative(string seed, FileInfo file) => Path.GetRelativePath(seed, file.FullName).Replace(Path.DirectorySeparatorChar, '/');

    private static async Task<TreeFile> HashAsync(string seed, FileInfo file, CancellationToken cancel)
    {
        await using var stream = file.OpenRead();
        return new TreeFile(Relative(seed, file), (await ContentHash.OfAsync(stream, file.Length, cancel)).Digest, file.Length);
    }

    private async Task<SeedHead?> FindHeadAsync(RepositoryName name, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await context.Repositories.AsNoTracking().SingleOrDefaultAsync(r => r.Owner.Name == name.Owner && r.Name == name.Name, cancel);
        if (row is null)
            return null;
        var head = row.DeletedAt is null ? await CommitPlan.FindHeadAsync(context, row.Id, Repository.DefaultBranch, cancel) : null;
        return new SeedHead(head is null ? null : TreeDigest.Of("", head.Files.Select(file => new TreeFile(file.Path, file.Digest, file.Length))));
    }

    private async Task<(string Tree, string Fingerprint)?> FindBroughtAsync(Seed seed, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var setting = await context.Settings.AsNoTracking().SingleOrDefaultAsync(row => row.Key == seed.Setting, cancel);
        return setting?.Value.Split(' ') is [var tree, var fingerprint] ? (tree, fingerprint) : null;
    }

    private async Task RememberAsync(Seed seed, string tree, string fingerprint, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        if (await context.Settings.FindAsync([seed.Setting], cancel) is { } setting)
            setting.Value = $"{tree} {fingerprint}";
        else
            context.Settings.Add(new HubSetting { Key = seed.Setting, Value = $"{tree} {fingerprint}" });
        await context.SaveChangesAsync(cancel);
    }

    private async Task EnsureOwnerAsync(CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        if (await context.Owners.AnyAsync(owner => owner.Name == OwnerName, cancel))
            return;
        context.Owners.Add(new Owner
        {
            Name = OwnerName,
            Kind = OwnerKind.Organization,
            DisplayName = "AdapterHub",
            About = "What comes with the program: a small base model, adapters and datasets to try things with.",
            CreatedAt = time.GetUtcNow(),
        });
        await context.SaveChangesAsync(cancel);
    }

    /// <param name="Folder">Where its files lie.</param>
    /// <param name="Name">What it is called here.</param>
    /// <param name="Kind">What it holds.</param>
    /// <param name="Setting">Where what was brought last is remembered.</param>
    private sealed record Seed(string Folder, RepositoryName Name, RepositoryKind Kind, string Setting);

    /// <param name="Tree">Digest of the newest revision's tree; null in the trash and for an empty repository.</param>
    private sealed record SeedHead(string? Tree);
}
