using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Tests.Architecture;

namespace AdapterHub.Tests.Catalog.Publishing;

/// <summary>The repository's own models, adapters and datasets as test files.</summary>
internal static class SeedFiles
{
    public const string Adapter = "adapters/king-james";
    public const string BaseModel = "models/inkwell";
    public const string Dataset = "datasets/devils-dictionary";

    public static string Folder { get; } = Path.Combine(RepositoryTree.Root, "data/seed");

    public static string PathOf(string folder) => Path.Combine(Folder, folder);

    public static async Task<FileChange> PutAsync(this TemporaryCatalog catalog, Actor actor, string path, byte[] bytes) =>
        FileChange.Put(path, (await catalog.Get<BlobStore>().ReceiveAsync(actor, new MemoryStream(bytes), null, TestContext.Current.CancellationToken)).Digest);

    public static async Task<List<FileChange>> PutSeedAsync(this TemporaryCatalog catalog, Actor actor, string folder)
    {
        var files = new List<FileChange>();
        foreach (var file in Directory.EnumerateFiles(PathOf(folder)))
            files.Add(await catalog.PutAsync(actor, Path.GetFileName(file), await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)));
        return files;
    }

    public static async Task<RepositoryName> PublishSeedAsync(this TemporaryCatalog catalog, Actor actor, string name, RepositoryKind kind, string folder,
        RepositoryVisibility visibility = RepositoryVisibility.Public)
    {
        var repository = RepositoryName.Parse(name);
        await catalog.Get<Publisher>().CreateAsync(actor, new NewRepository(repository, kind, visibility),
            new CommitRequest { Message = "A seed", Files = await catalog.PutSeedAsync(actor, folder) }, TestContext.Current.CancellationToken);
        return repository;
    }
}
