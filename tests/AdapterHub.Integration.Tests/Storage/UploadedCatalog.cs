using System.Globalization;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.UploadProcess;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Integration.Tests.Storage;

/// <summary>A catalogue on disk that others fill with <see cref="UploadedFiles"/> and are killed at it, looked at between their lives.</summary>
internal sealed class UploadedCatalog : IDisposable
{
    /// <summary>Revisions whose bytes were compared once; their digests are compared after every kill.</summary>
    private readonly HashSet<string> _compared = new(StringComparer.Ordinal);

    public string Folder { get; } = Directory.CreateTempSubdirectory("killed-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Makes the account of ada.</summary>
    /// <returns>A token that may write.</returns>
    public async Task<string> MakeOwnerAsync()
    {
        await using var services = Open();
        var contexts = services.GetRequiredService<IDbContextFactory<CatalogContext>>();
        await Schema.MigrateAsync(contexts, Cancel);
        var user = new User { UserName = "ada", NormalizedUserName = "ADA", Owner = new Owner { Name = "ada", Kind = OwnerKind.User } };
        await using (var context = await contexts.CreateDbContextAsync(Cancel))
        {
            context.Users.Add(user);
            await context.SaveChangesAsync(Cancel);
        }

        var actor = new Actor(user.Id, "ada", false, ActorScope.Full);
        return (await services.GetRequiredService<TokenRegistry>().CreateAsync(actor, "uploads", ActorScope.Write, null, Cancel)).Token;
    }

    /// <summary>As a hub that starts after the kill sees it.</summary>
    public async Task CheckAsync(int round)
    {
        await using var services = Open();
        var contexts = services.GetRequiredService<IDbContextFactory<CatalogContext>>();
        await Schema.MigrateAsync(contexts, Cancel);
        var report = await services.GetRequiredService<CatalogCheck>().RunAsync(Actor.Hub, readBytes: true, Cancel);
        report.Problems.ShouldBeEmpty($"after kill {round}");
        await using var context = await contexts.CreateDbContextAsync(Cancel);
        foreach (var repository in await context.Repositories.Include(row => row.Owner).ToListAsync(Cancel))
        {
            var name = RepositoryName.Of(repository.Owner.Name, repository.Name);
            foreach (var commit in await services.GetRequiredService<RevisionReader>().ListCommitsAsync(Actor.Hub, name, null, 0, 1000, Cancel))
            {
                if (_compared.Add(commit.Id))
                    await CheckRevisionAsync(services, name, commit);
            }

            (await context.References.AnyAsync(head => head.RepositoryId == repository.Id, Cancel)).ShouldBeTrue($"{name} came without its first revision");
        }
    }

    /// <summary>All files of one revision, each with exactly the bytes that were sent.</summary>
    private static async Task CheckRevisionAsync(ServiceProvider services, RepositoryName name, CommitView commit)
    {
        var store = services.GetRequiredService<BlobStore>();
        var revision = await services.GetRequiredService<RevisionReader>().GetRevisionAsync(Actor.Hub, name, commit.Id, Cancel);
        var number = int.Parse(commit.Title.Split(' ')[1], CultureInfo.InvariantCulture);
        revision.Files.Count.ShouldBeGreaterThan(UploadedFiles.CountOf(number));
        foreach (var file in revision.Files)
        {
            await using var stream = store.OpenRead(file.Digest);
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, Cancel);
            content.ToArray().AsSpan().SequenceEqual(UploadedFiles.ContentOf(name.ToString(), number, file.Path)).ShouldBeTrue($"{file.Path} of {name} at {commit.Title}");
        }
    }

    /// <summary>Without drafts and grace, the disk holds exactly what the revisions need.</summary>
    public async Task<(int Commits, CollectionReport Report)> CollectAsync()
    {
        await using var services = Open();
        await using var context = await services.GetRequiredService<IDbContextFactory<CatalogContext>>().CreateDbContextAsync(Cancel);
        await context.Drafts.ExecuteDeleteAsync(Cancel);
        var report = await services.GetRequiredService<OrphanCollector>().CollectAsync(Actor.Hub, TimeSpan.FromDays(-1), Cancel);
        var paths = services.GetRequiredService<CatalogPaths>();
        var needed = await context.CommitFiles.Select(file => file.Digest).Distinct().ToListAsync(Cancel);
        var stored = Directory.EnumerateFiles(paths.Blobs, "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(Path.GetDirectoryName(file)) + Path.GetFileName(file));
        stored.Order(StringComparer.Ordinal).ShouldBe(needed.Order(StringComparer.Ordinal));
        Directory.EnumerateFiles(paths.Quarantine).ShouldBeEmpty();
        (await context.Blobs.CountAsync(Cancel)).ShouldBe(needed.Count);
        return (await context.Commits.CountAsync(Cancel), report);
    }

    private ServiceProvider Open() => new ServiceCollection().AddLogging().AddCatalog(new CatalogPaths(Folder)).BuildServiceProvider();
}
