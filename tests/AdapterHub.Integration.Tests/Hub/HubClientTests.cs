using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Protocol.Hub;
using AdapterHub.Protocol.Hub.Client;

namespace AdapterHub.Integration.Tests.Hub;

public sealed class HubClientTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("client-").FullName;
    private RunningHub _hub = null!;
    private Actor _ada = null!;

    private static CancellationToken Cancel => RunningHub.Cancel;

    public async ValueTask InitializeAsync()
    {
        _hub = await RunningHub.StartAsync();
        _ada = await _hub.AddUserAsync("ada");
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task AnswerThatBreaksOff_IsSaidInWords()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var connection = await listener.AcceptTcpClientAsync(Cancel);
            await connection.GetStream().ReadExactlyAsync(new byte[16], Cancel);
            await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"nam\r\n"u8.ToArray(), Cancel);
        }, Cancel);
        using var client = new HubClient(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"), "t");

        var failure = await Should.ThrowAsync<HubClientException>(() => client.WhoAmIAsync(Cancel));

        await serving;
        (failure.Message, failure.Problem).ShouldSatisfyAllConditions(said => said.Message.ShouldContain("broke off"), said => said.Problem.ShouldBeNull());
    }

    [Fact]
    public async Task Calls_AreTypedAndFailuresAreTheHubsWords()
    {
        using var client = await ConnectAsync(ActorScope.Write);
        (await client.CreateRepositoryAsync(new HubNewRepository("ada/one", HubRepositoryKind.Dataset), Cancel)).Name.ShouldBe("ada/one");
        await client.CommitAsync("ada/one", new HubNewCommit { Message = "m", Files = [new("README.md", Text: MatrixHub.Card), new("a b/ü.txt", Text: "x\n")] }, Cancel);
        await client.CreateReferenceAsync("ada/one", new HubNewReference(HubReferenceKind.Tag, "v1/a"), Cancel);
        (await client.GetRevisionAsync("ada/one", "v1/a", Cancel)).Files.Select(file => file.Path).ShouldBe(["README.md", "a b/ü.txt"]);
        (await client.GetFolderAsync("ada/one", "main", "a b", Cancel)).Entries.Single().Name.ShouldBe("ü.txt");
        (await client.ListCommitsAsync("ada/one", "main", 0, 10, Cancel)).Count.ShouldBe(1);
        (await client.GetRowsAsync("ada/one", "main", null, Cancel)).Rows.Single().Single().ShouldBe("x");
        (await client.SearchAsync("q=one", Cancel)).Total.ShouldBe(1);
        (await client.SetLikeAsync("ada/one", true, Cancel)).Likes.ShouldBe(1);
        (await client.ForkAsync("ada/one", "ada/two", Cancel)).ForkOf.ShouldBe("ada/one");
        (await client.GetLineageAsync("ada/two", Cancel)).Parents.Single().Relation.ShouldBe(HubRelation.Fork);
        (await client.ChangeRepositoryAsync("ada/two", new HubRepositoryChange { Visibility = HubVisibility.Private }, Cancel)).Visibility.ShouldBe(HubVisibility.Private);
        await client.TrashAsync("ada/two", Cancel);
        (await client.ListTrashAsync(Cancel)).Count.ShouldBe(1);
        await client.PurgeAsync("ada/two", Cancel);
        await client.DeleteReferenceAsync("ada/one", HubReferenceKind.Tag, "v1/a", Cancel);
        (await client.WhoAmIAsync(Cancel)).Name.ShouldBe("ada");

        var absent = await Should.ThrowAsync<HubClientException>(() => client.GetRepositoryAsync("ada/absent", Cancel));
        absent.Problem!.Status.ShouldBe(404);
        absent.Message.ShouldContain("ada/absent");
        var refused = await Should.ThrowAsync<HubClientException>(() => client.CommitAsync("ada/one", new HubNewCommit { Message = "m", Files = [new("../x", Text: "a"), new("y//z", Text: "a")] }, Cancel));
        refused.Findings.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Upload_GoesOnAfterTheConnectionBreaksAgainAndAgain()
    {
        var bytes = RandomBytes(3_000_000);
        await using var proxy = new BreakingProxy(_hub.Address, breaks: 4, afterBytes: 600_000);
        using var client = new HubClient(proxy.Address, await _hub.AddTokenAsync(_ada, ActorScope.Write));
        var draft = await client.CreateDraftAsync(new HubDraftTarget { Name = "ada/one", Kind = HubRepositoryKind.Dataset }, Cancel);
        draft = await client.AnnounceAsync(draft.Id, new HubAnnouncement([new HubAnnouncedFile("data.txt", bytes.Length)]), Cancel);
        var heard = new List<long>();

        var sent = await client.SendFileAsync(draft.Id, draft.Files[0], () => new MemoryStream(bytes), new Listener(heard.Add), Cancel);

        sent.Digest.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        proxy.Broken.ShouldBe(4);
        heard[^1].ShouldBe(bytes.Length);
        heard.Zip(heard.Skip(1)).Count(pair => pair.Second < pair.First).ShouldBeLessThanOrEqualTo(4, "it never starts over");
        proxy.Passed.ShouldBeLessThan(2L * bytes.Length, "what had arrived was not sent again");
    }

    [Fact]
    public async Task Download_GoesOnAndIsVerified()
    {
        var bytes = RandomBytes(2_500_000);
        var name = await _hub.AddRepositoryAsync(_ada, "one");
        await _hub.CommitAsync(_ada, name, ("weights.bin", bytes));
        await using var proxy = new BreakingProxy(_hub.Address, breaks: 3, afterBytes: 700_000);
        using var client = new HubClient(proxy.Address, null);
        var revision = await client.GetRevisionAsync(name.ToString(), "main", Cancel);
        var target = Path.Combine(_folder, "weights.bin");

        await client.DownloadAsync(name.ToString(), revision.Commit.Id, revision.Files[0], target, null, Cancel);

        (await File.ReadAllBytesAsync(target, Cancel)).ShouldBe(bytes);
        File.Exists(target + ".part").ShouldBeFalse();
        proxy.Broken.ShouldBe(3);
        proxy.Passed.ShouldBeLessThan(bytes.Length * 3L / 2, "what was there was not fetched again");
    }

    [Fact]
    public async Task DamagedPart_IsFetchedAgain_WrongBytesAreRefused()
    {
        var bytes = RandomBytes(100_000);
        var name = await _hub.AddRepositoryAsync(_ada, "one");
        await _hub.CommitAsync(_ada, name, ("weights.bin", bytes));
        using var client = new HubClient(_hub.Address, null);
        var revision = await client.GetRevisionAsync(name.ToString(), "main", Cancel);
        var target = Path.Combine(_folder, "weights.bin");
        await File.WriteAllBytesAsync(target + ".part", new byte[50_000], Cancel);

        await client.DownloadAsync(name.ToString(), revision.Commit.Id, revision.Files[0], target, null, Cancel);
        (await File.ReadAllBytesAsync(target, Cancel)).ShouldBe(bytes);

        var wrong = revision.Files[0] with { Digest = new string('0', 64) };
        File.Delete(target);
        (await Should.ThrowAsync<HubClientException>(() => client.DownloadAsync(name.ToString(), revision.Commit.Id, wrong, target, null, Cancel))).Message.ShouldContain("weights.bin");
        Directory.EnumerateFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task NoHub_IsSaidInWords()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        listener.Stop();
        using var client = new HubClient(address, null);

        var failure = await Should.ThrowAsync<HubClientException>(() => client.GetAboutAsync(Cancel));

        failure.Message.ShouldContain(address.Authority);
        failure.Message.ShouldContain("cannot be reached");
        failure.IsInput.ShouldBeTrue();
    }

    [Fact]
    public async Task HiddenRepository_NeedsTheToken()
    {
        var name = await _hub.AddRepositoryAsync(_ada, "secret", RepositoryVisibility.Private);
        using var nobody = new HubClient(_hub.Address, null);
        using var reader = await ConnectAsync(ActorScope.Read);

        (await Should.ThrowAsync<HubClientException>(() => nobody.GetRepositoryAsync(name.ToString(), Cancel))).Problem!.Status.ShouldBe(404);
        (await reader.GetRepositoryAsync(name.ToString(), Cancel)).Visibility.ShouldBe(HubVisibility.Private);
    }

    private async Task<HubClient> ConnectAsync(ActorScope scope) => new(_hub.Address, await _hub.AddTokenAsync(_ada, scope));

    private static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private sealed class Listener(Action<long> heard) : IProgress<long>
    {
        public void Report(long value) => heard(value);
    }
}
