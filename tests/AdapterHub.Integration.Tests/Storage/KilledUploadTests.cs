using System.Diagnostics;
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

/// <summary>A process that publishes is killed again and again (SIGKILL), and what it left is looked at after each time.</summary>
public sealed class KilledUploadTests : IDisposable
{
    /// <summary>Steps after which it is killed at the latest: several revisions come and go in them.</summary>
    private const int MostSteps = 40;

    /// <summary>And some time later, to hit it within a step.</summary>
    private const double LongestMilliseconds = 15;

    /// <summary>Revisions whose bytes were compared once; their digests are compared after every kill.</summary>
    private readonly HashSet<string> _compared = new(StringComparer.Ordinal);
    private readonly string _folder = Directory.CreateTempSubdirectory("killed-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public Task KilledADozenTimes_EveryVisibleRevisionIsWhole() => KillAsync(12, seed: 1);

    [Fact]
    [Trait("Category", "Slow")]
    public Task KilledTwoHundredTimes_EveryVisibleRevisionIsWhole() => KillAsync(200, seed: 2);

    private async Task KillAsync(int times, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < times; round++)
        {
            await RunAndKillAsync(random.Next(), random.Next(1, MostSteps), TimeSpan.FromMilliseconds(random.NextDouble() * LongestMilliseconds));
            await CheckAsync(round);
        }

        var (commits, orphans) = await CollectAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{times} kills, {commits} revisions, {orphans.Blobs} blobs and {orphans.StrayFiles} files collected, {orphans.Bytes} bytes");
        commits.ShouldBeGreaterThan(times / 4, "the process must get something done, or nothing was tested");
    }

    private async Task RunAndKillAsync(int seed, int steps, TimeSpan after)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AdapterHub.UploadProcess.dll"), _folder, seed.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Most of the time goes into starting: no profiles for code that will be dead in a moment.
            Environment = { ["DOTNET_TieredPGO"] = "0" },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Cancel);
        for (var step = 0; step < steps; step++)
        {
            if (await process.StandardOutput.ReadLineAsync(Cancel) is null)
                Assert.Fail($"The process ended by itself: {await errors}");
        }

        await Task.Delay(after, Cancel);
        process.Kill();
        await process.WaitForExitAsync(Cancel);
        process.ExitCode.ShouldNotBe(0, "it was killed");
    }

    /// <summary>As a hub that starts after the kill sees it.</summary>
    private async Task CheckAsync(int round)
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
    private async Task<(int Commits, CollectionReport Report)> CollectAsync()
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

    private ServiceProvider Open() => new ServiceCollection().AddLogging().AddCatalog(new CatalogPaths(_folder)).BuildServiceProvider();
}
