using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Browser.Tests.Fixtures;

/// <summary>Repositories of a test's hub, published by the one way by which revisions come in.</summary>
internal static class Publications
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static string SeedFolder => Path.Combine(Repository.Root, "data", "seed");

    /// <summary>The options of a hub that has the seeds.</summary>
    public static Web.HubOptions WithSeeds(Web.HubOptions options) => options with { SeedFolder = SeedFolder };

    public static RepositoryName Name(string name) => RepositoryName.Parse(name);

    /// <summary>A dataset, the kind that needs least: a card and a few rows.</summary>
    public static Task<PublishedCommit> PublishDatasetAsync(
        this HubServer server, Actor actor, string name, RepositoryVisibility visibility = RepositoryVisibility.Public, params (string Path, string Text)[] files)
    {
        (string, string)[] usual = [("README.md", "---\nlicense: cc0-1.0\n---\n# Rows\n\nA few rows.\n"), ("train.jsonl", "{\"prompt\": \"One\", \"completion\": \"1\"}\n")];
        return server.PublishAsync(actor, name, RepositoryKind.Dataset, visibility, [.. (files.Length > 0 ? files : usual).Select(file => (file.Item1, Encoding.UTF8.GetBytes(file.Item2)))]);
    }

    /// <summary>A copy of a seed adapter under another name.</summary>
    public static Task<PublishedCommit> PublishSeedAdapterAsync(
        this HubServer server, Actor actor, string name, string seed = "king-james", RepositoryVisibility visibility = RepositoryVisibility.Public) =>
        server.PublishAsync(actor, name, RepositoryKind.Adapter, visibility,
            [.. Directory.GetFiles(Path.Combine(SeedFolder, "adapters", seed)).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))]);

    /// <summary>The next version of a repository: these files changed.</summary>
    public static async Task<PublishedCommit> ReviseAsync(this HubServer server, Actor actor, string name, string message, params (string Path, string Text)[] files) =>
        await server.Services.GetRequiredService<Publisher>().CommitAsync(
            actor, Name(name), await RequestAsync(server, actor, message, [.. files.Select(file => (file.Path, Encoding.UTF8.GetBytes(file.Text)))]), Cancel);

    public static Task TrashAsync(this HubServer server, Actor actor, string name) =>
        server.Services.GetRequiredService<RepositoryCatalog>().TrashAsync(actor, Name(name), Cancel);

    public static Task ShareAsync(this HubServer server, Actor actor, string name, string person, AccessRole role) =>
        server.Services.GetRequiredService<RepositoryCatalog>().SetCollaboratorAsync(actor, Name(name), person, role, Cancel);

    private static async Task<PublishedCommit> PublishAsync(
        this HubServer server, Actor actor, string name, RepositoryKind kind, RepositoryVisibility visibility, IReadOnlyList<(string Path, byte[] Bytes)> files) =>
        await server.Services.GetRequiredService<Publisher>().CreateAsync(
            actor, new NewRepository(Name(name), kind, visibility), await RequestAsync(server, actor, "First version", files), Cancel);

    private static async Task<CommitRequest> RequestAsync(HubServer server, Actor actor, string message, IReadOnlyList<(string Path, byte[] Bytes)> files)
    {
        var blobs = server.Services.GetRequiredService<BlobStore>();
        var changes = new List<FileChange>();
        foreach (var (path, bytes) in files)
            changes.Add(FileChange.Put(path, (await blobs.ReceiveAsync(actor, new MemoryStream(bytes), cancel: Cancel)).Digest));
        return new CommitRequest { Message = message, Files = changes };
    }
}
