using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Integration.Tests.Hub;

public sealed class DraftApiTests : IAsyncLifetime
{
    private const string Drafts = "/api/hub/drafts";
    private static readonly byte[] Card = "---\nlicense: mit\n---\n# One\n"u8.ToArray();
    private RunningHub _hub = null!;
    private Actor _ada = null!;
    private HttpClient _asAda = null!;
    private HttpClient _asBob = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await RunningHub.StartAsync();
        _ada = await _hub.AddUserAsync("ada");
        _asAda = _hub.As(_ada);
        _asBob = _hub.As(await _hub.AddUserAsync("bob"));
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Draft_IsFilledInPiecesAndPublished()
    {
        var draft = await BeginAsync("ada/one", new HubAnnouncedFile("README.md", Card.Length), new HubAnnouncedFile("notes.txt", 10));
        var (card, notes) = (draft.Files[0], draft.Files[1]);
        (await SendAsync(card, 0, Card)).IsComplete.ShouldBeTrue();
        (await SendAsync(notes, 0, "01234"u8.ToArray())).Received.ShouldBe(5);
        using var wrong = await PatchAsync(notes, 3, "x"u8.ToArray());
        wrong.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        wrong.Headers.GetValues("Upload-Offset").ShouldBe(["5"]);
        await _asAda.SendJsonAsync(HttpMethod.Post, $"{Drafts}/{draft.Id}/publish", new HubPublication(), HubJson.Default.HubPublication).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        using var head = await _asAda.SendAsync(HttpMethod.Head, Address(notes));
        (head.Headers.GetValues("Upload-Offset").Single(), head.Headers.GetValues("Upload-Length").Single()).ShouldBe(("5", "10"));
        (await SendAsync(notes, 5, "56789"u8.ToArray())).Digest.ShouldBe(Convert.ToHexStringLower(SHA256.HashData("0123456789"u8)));

        using var published = await _asAda.SendJsonAsync(HttpMethod.Post, $"{Drafts}/{draft.Id}/publish", new HubPublication("first"), HubJson.Default.HubPublication);
        published.StatusCode.ShouldBe(HttpStatusCode.Created, await published.Content.ReadAsStringAsync(RunningHub.Cancel));
        var revision = await _asBob.ReadAsync("/api/hub/repositories/ada/one/revisions/main", HubJson.Default.HubRevision);
        revision.Commit.Title.ShouldBe("first");
        revision.Files.Select(file => file.Path).ShouldBe(["README.md", "notes.txt"]);
        await _asAda.GetAsync($"{Drafts}/{draft.Id}", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);

        string Address(HubDraftFile file) => $"{Drafts}/{draft.Id}/files/{file.Id}";
        Task<HttpResponseMessage> PatchAsync(HubDraftFile file, long offset, byte[] bytes) => RawPatchAsync(_asAda, Address(file), offset, bytes);
        async Task<HubDraftFile> SendAsync(HubDraftFile file, long offset, byte[] bytes)
        {
            using var response = await PatchAsync(file, offset, bytes);
            return await response.ReadAsync(HubJson.Default.HubDraftFile);
        }
    }

    [Fact]
    public async Task ConnectionCutInTheMiddle_KeepsWhatArrived()
    {
        var bytes = RandomBytes(3_000_000, seed: 5);
        var draft = await BeginAsync("ada/one", new HubAnnouncedFile("weights.bin", bytes.Length));
        var address = $"{Drafts}/{draft.Id}/files/{draft.Files[0].Id}";
        await CutAsync(address, 0, bytes, 1_234_567);
        var received = await WaitForStillAsync(address);
        received.ShouldBeInRange(1, 1_234_567);
        await CutAsync(address, received, bytes, 500_000);
        received = await WaitForStillAsync(address);

        using var rest = await RawPatchAsync(_asAda, address, received, bytes[(int)received..]);

        (await rest.ReadAsync(HubJson.Default.HubDraftFile)).Digest.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public async Task Archive_IsUnpackedRenamedAndCleared()
    {
        using var zip = new MemoryStream();
        await using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in new[] { "folder/README.md", "folder/a/b.txt" })
            {
                await using var entry = await archive.CreateEntry(name).OpenAsync(RunningHub.Cancel);
                await entry.WriteAsync(Encoding.UTF8.GetBytes(name), RunningHub.Cancel);
            }
        }

        var draft = await BeginAsync("ada/one", new HubAnnouncedFile("all.zip", zip.Length));
        using var sent = await RawPatchAsync(_asAda, $"{Drafts}/{draft.Id}/files/{draft.Files[0].Id}", 0, zip.ToArray());
        using var unpacked = await _asAda.PostAsync($"{Drafts}/{draft.Id}/files/{draft.Files[0].Id}/unpack", null, RunningHub.Cancel);
        var files = (await unpacked.ReadAsync(HubJson.Default.HubDraft)).Files;
        files.Select(file => file.Path).ShouldBe(["README.md", "a/b.txt"]);

        using var renamed = await _asAda.SendJsonAsync(HttpMethod.Put, $"{Drafts}/{draft.Id}/files/{files[1].Id}/path", new HubPathChange("c.txt"), HubJson.Default.HubPathChange);
        (await renamed.ReadAsync(HubJson.Default.HubDraft)).Files[1].Path.ShouldBe("c.txt");
        using var removed = await _asAda.DeleteAsync($"{Drafts}/{draft.Id}/files/{files[1].Id}", RunningHub.Cancel);
        (await removed.ReadAsync(HubJson.Default.HubDraft)).Files.ShouldHaveSingleItem();
        using var card = await _asAda.SendJsonAsync(HttpMethod.Put, $"{Drafts}/{draft.Id}/card", new HubCardChange("# Edited"), HubJson.Default.HubCardChange);
        (await card.ReadAsync(HubJson.Default.HubDraft)).Card.ShouldBe("# Edited");
        (await _asAda.ReadAsync(Drafts, HubJson.Default.IReadOnlyListHubDraft)).ShouldHaveSingleItem();
        using var cancelled = await _asAda.DeleteAsync($"{Drafts}/{draft.Id}", RunningHub.Cancel);
        (await _asAda.ReadAsync(Drafts, HubJson.Default.IReadOnlyListHubDraft)).ShouldBeEmpty();
    }

    [Fact]
    public async Task BytesThatTheHubHolds_NeedNotBeSent()
    {
        var first = await BeginAsync("ada/one", new HubAnnouncedFile("README.md", Card.Length));
        using var sent = await RawPatchAsync(_asAda, $"{Drafts}/{first.Id}/files/{first.Files[0].Id}", 0, Card);
        var digest = (await sent.ReadAsync(HubJson.Default.HubDraftFile)).Digest;

        (await BeginAsync("ada/two", new HubAnnouncedFile("README.md", Card.Length, digest))).Files[0].IsComplete.ShouldBeTrue();
    }

    [Fact]
    public async Task DraftOfAnother_IsAsIfAbsent()
    {
        var draft = await BeginAsync("ada/one", new HubAnnouncedFile("README.md", Card.Length));
        var file = $"{Drafts}/{draft.Id}/files/{draft.Files[0].Id}";
        await _asBob.GetAsync($"{Drafts}/{draft.Id}", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await RawPatchAsync(_asBob, file, 0, Card).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await RawPatchAsync(_hub.As(null), file, 0, Card).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        (await _asBob.ReadAsync(Drafts, HubJson.Default.IReadOnlyListHubDraft)).ShouldBeEmpty();
    }

    [Fact]
    public async Task WrongPaths_AreAllTold()
    {
        var draft = await BeginAsync("ada/one");
        var problem = await _asAda.SendJsonAsync(HttpMethod.Post, $"{Drafts}/{draft.Id}/files",
            new HubAnnouncement([new("../x", 1), new("a//b", 1), new("c:\\d", 1), new("ok", 1)]), HubJson.Default.HubAnnouncement).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity);
        problem.Findings!.Count.ShouldBe(3);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Gigabyte_TakesUnder100MegabytesOfMemory()
    {
        const long Length = 1L << 30;
        var draft = await BeginAsync("ada/one", new HubAnnouncedFile("weights.bin", Length));
        var before = Environment.WorkingSet;
        var peak = before;
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(RunningHub.Cancel);
        var watch = WatchAsync();
        using var request = Patch($"{Drafts}/{draft.Id}/files/{draft.Files[0].Id}", 0, new StreamContent(new ZeroStream(Length), 1 << 16));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var response = await _asAda.SendAsync(request, RunningHub.Cancel);
        (await response.ReadAsync(HubJson.Default.HubDraftFile)).IsComplete.ShouldBeTrue();
        await watching.CancelAsync();
        await watch;

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"1 GiB sent and stored in {clock.Elapsed.TotalSeconds:F1} s; the process, client and hub together, grew by {(peak - before) / 1e6:F1} MB."));
        (peak - before).ShouldBeLessThan(100_000_000);

        async Task WatchAsync()
        {
            while (!watching.IsCancellationRequested)
            {
                peak = Math.Max(peak, Environment.WorkingSet);
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    private async Task<HubDraft> BeginAsync(string name, params HubAnnouncedFile[] files)
    {
        using var made = await _asAda.SendJsonAsync(HttpMethod.Post, Drafts, new HubDraftTarget { Name = name, Kind = HubRepositoryKind.Dataset }, HubJson.Default.HubDraftTarget);
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var draft = await made.ReadAsync(HubJson.Default.HubDraft);
        if (files.Length == 0)
            return draft;
        using var announced = await _asAda.SendJsonAsync(HttpMethod.Post, $"{Drafts}/{draft.Id}/files", new HubAnnouncement(files), HubJson.Default.HubAnnouncement);
        return await announced.ReadAsync(HubJson.Default.HubDraft);
    }

    private static async Task<HttpResponseMessage> RawPatchAsync(HttpClient client, string address, long offset, byte[] bytes)
    {
        using var request = Patch(address, offset, new ByteArrayContent(bytes));
        return await client.SendAsync(request, RunningHub.Cancel);
    }

    private static HttpRequestMessage Patch(string address, long offset, HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return new HttpRequestMessage(HttpMethod.Patch, address) { Content = content, Headers = { { "Upload-Offset", offset.ToString(CultureInfo.InvariantCulture) } } };
    }

    /// <summary>Announces the whole rest, sends a part of it and drops the connection.</summary>
    private async Task CutAsync(string address, long offset, byte[] bytes, int part)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_hub.Address.Host, _hub.Address.Port, RunningHub.Cancel);
        client.LingerState = new LingerOption(true, 0);
        var stream = client.GetStream();
        var headers = string.Join("", (await _hub.SignInAsync(_ada)).Select(header => $"{header.Name}: {header.Value}\r\n"));
        var head = $"PATCH {address} HTTP/1.1\r\nHost: {_hub.Address.Authority}\r\n{headers}Content-Type: application/octet-stream\r\n"
            + string.Create(CultureInfo.InvariantCulture, $"Upload-Offset: {offset}\r\nContent-Length: {bytes.Length - offset}\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), RunningHub.Cancel);
        await stream.WriteAsync(bytes.AsMemory((int)offset, part), RunningHub.Cancel);
        // What lies in the socket's buffers when it is reset is lost: give the hub time to read most of it.
        await Task.Delay(300, RunningHub.Cancel);
        client.Close();
    }

    /// <summary>The offset once the hub has noticed that the connection is gone.</summary>
    private async Task<long> WaitForStillAsync(string address)
    {
        for (long last = -1; ;)
        {
            var received = (await _asAda.ReadAsync(address, HubJson.Default.HubDraftFile)).Received;
            if (received == last)
                return received;
            last = received;
            await Task.Delay(200, RunningHub.Cancel);
        }
    }

    private static byte[] RandomBytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private sealed class ZeroStream(long length) : Stream
    {
        private long _position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - _position);
            _position += read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
