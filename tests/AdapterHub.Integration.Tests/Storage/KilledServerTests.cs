using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Protocol.Hub;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.UploadProcess;

namespace AdapterHub.Integration.Tests.Storage;

/// <summary><c>adapterhub serve</c> is killed (SIGKILL) again and again while people upload to it over HTTP, and what it left is looked at after each time.</summary>
public sealed class KilledServerTests
{
    private const int Clients = 3;

    /// <summary>Answers after which it is killed at the latest: several revisions come and go in them.</summary>
    private const int MostAnswers = 80;

    /// <summary>And some time later, to hit it within a request.</summary>
    private const double LongestMilliseconds = 15;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task KilledThrice_EveryVisibleRevisionIsWhole() => KillAsync(3, seed: 1);

    [Fact]
    [Trait("Category", "Slow")]
    public Task FourKilledFiftyTimesEach_EveryVisibleRevisionIsWhole() => Task.WhenAll(Enumerable.Range(2, 4).Select(seed => KillAsync(50, seed)));

    private static async Task KillAsync(int times, int seed)
    {
        using var catalog = new UploadedCatalog();
        using var program = new CliProgram();
        var random = new Random(seed);
        var token = await catalog.MakeOwnerAsync();
        for (var round = 0; round < times; round++)
        {
            await using (var server = await ServedHub.StartAsync(program, catalog.Folder))
                await UploadAndKillAsync(server, token, random.Next(), random.Next(1, MostAnswers), TimeSpan.FromMilliseconds(random.NextDouble() * LongestMilliseconds));
            await catalog.CheckAsync(round);
        }

        var (commits, orphans) = await catalog.CollectAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{times} kills, {commits} revisions, {orphans.Blobs} blobs and {orphans.StrayFiles} files collected, {orphans.Bytes} bytes");
        commits.ShouldBeGreaterThan(times / 4, "the clients must get something done, or nothing was tested");
    }

    private static async Task UploadAndKillAsync(ServedHub server, string token, int seed, int answers, TimeSpan after)
    {
        using var answered = new SemaphoreSlim(0);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var clients = Enumerable.Range(0, Clients).Select(client => UploadAsync(server.Address, token, $"ada/set-{client}", new Random(seed + client), answered, end.Token)).ToList();
        for (var answer = 0; answer < answers; answer++)
            await answered.WaitAsync(Cancel);
        await Task.Delay(after, Cancel);
        await server.KillAsync();
        await end.CancelAsync();
        await Task.WhenAll(clients);
    }

    /// <summary>Goes on where an earlier life of the server left off, and publishes revision after revision until the server is gone.</summary>
    private static async Task UploadAsync(Uri address, string token, string name, Random random, SemaphoreSlim answered, CancellationToken end)
    {
        try
        {
            using var hub = new HubClient(address, token);
            while (!end.IsCancellationRequested)
                await PublishNextAsync(hub, name, random, answered, end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The server was killed meanwhile.
        }
        catch (HubClientException gone) when (gone.Problem is null)
        {
            // It was killed just now.
        }
    }

    private static async Task PublishNextAsync(HubClient hub, string name, Random random, SemaphoreSlim answered, CancellationToken end)
    {
        var revision = await NextRevisionAsync(hub, name, end);
        var draft = (await hub.ListDraftsAsync(end)).FirstOrDefault(draft => draft.Name == name);
        if (draft is not null && random.Next(4) == 0)
        {
            await hub.CancelDraftAsync(draft.Id, end);
            answered.Release();
            return;
        }

        draft ??= await hub.CreateDraftAsync(new HubDraftTarget { Name = name, Kind = HubRepositoryKind.Dataset, Visibility = HubVisibility.Public }, end);
        answered.Release();
        var wanted = Enumerable.Range(0, 4).Select(UploadedFiles.PathOf).Append(UploadedFiles.CardPath)
            .ToDictionary(path => path, path => UploadedFiles.ContentOf(name, revision, path), StringComparer.Ordinal);
        draft = await hub.AnnounceAsync(
            draft.Id, new HubAnnouncement([.. wanted.Select(file => new HubAnnouncedFile(file.Key, file.Value.Length, Convert.ToHexStringLower(SHA256.HashData(file.Value))))]), end);
        foreach (var file in draft.Files.Where(file => !file.IsComplete))
        {
            await hub.SendFileAsync(draft.Id, file, () => new MemoryStream(wanted[file.Path]), null, end);
            answered.Release();
        }

        await hub.PublishAsync(draft.Id, $"Revision {revision}", end);
        answered.Release();
    }

    private static async Task<int> NextRevisionAsync(HubClient hub, string name, CancellationToken end)
    {
        try
        {
            var newest = await hub.ListCommitsAsync(name, null, 0, 1, end);
            return int.Parse(newest[0].Title.Split(' ')[1], CultureInfo.InvariantCulture) + 1;
        }
        catch (HubClientException missing) when (missing.Problem?.Status == (int)HttpStatusCode.NotFound)
        {
            return 1;
        }
    }
}
