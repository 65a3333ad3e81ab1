using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Repositories;

namespace AdapterHub.Integration.Tests.Hub;

public sealed class FileApiTests(FileApiTests.Fixture shared) : IClassFixture<FileApiTests.Fixture>
{
    private static readonly byte[] Weights = [.. Enumerable.Range(0, 100_000).Select(k => (byte)(k * 7))];
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0, 1];

    private RunningHub Hub => shared.Hub;

    private HttpClient Client => shared.Client;

    private string Commit => shared.Commit;

    private string Files => $"/api/hub/repositories/{shared.Name}";

    [Fact]
    public async Task File_IsAnInertAttachment()
    {
        using var response = await Client.GetAsync($"{Files}/files/main/page.html", RunningHub.Cancel);

        response.Content.Headers.ContentType!.ToString().ShouldBe("application/octet-stream");
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("sandbox");
        response.Headers.GetValues("X-Commit").ShouldBe([Commit]);
        response.Headers.ETag!.Tag.ShouldBe($"\"{Digest("<script>alert(1)</script>"u8)}\"");
    }

    [Fact]
    public async Task Caching_IsForEverAtACommitAndCheckedAtABranch()
    {
        using var atCommit = await Client.GetAsync($"{Files}/files/{Commit}/README.md", RunningHub.Cancel);
        using var atBranch = await Client.GetAsync($"{Files}/files/main/README.md", RunningHub.Cancel);
        using var known = await Client.SendAsync(HttpMethod.Get, $"{Files}/files/main/README.md", ("If-None-Match", atBranch.Headers.ETag!.Tag));

        atCommit.Headers.CacheControl!.ToString().ShouldContain("immutable");
        atBranch.Headers.CacheControl!.NoCache.ShouldBeTrue();
        known.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await known.Content.ReadAsByteArrayAsync(RunningHub.Cancel)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=99990-", 99_990, 10)]
    [InlineData("bytes=-5", 99_995, 5)]
    [InlineData("bytes=50000-200000", 50_000, 50_000)]
    public async Task Range_IsThatPart(string range, int start, int length)
    {
        using var response = await Client.SendAsync(HttpMethod.Get, $"{Files}/files/main/adapter_model.safetensors", ("Range", range));

        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        response.Content.Headers.ContentRange!.Length.ShouldBe(Weights.Length);
        (await response.Content.ReadAsByteArrayAsync(RunningHub.Cancel)).ShouldBe(Weights[start..(start + length)]);
    }

    [Fact]
    public async Task Range_OutsideOrOfAnotherVersion_IsNotGiven()
    {
        var path = $"{Files}/files/main/adapter_model.safetensors";
        using var outside = await Client.SendAsync(HttpMethod.Get, path, ("Range", "bytes=100000-"));
        using var other = await Client.SendAsync(HttpMethod.Get, path, ("Range", "bytes=5-"), ("If-Range", $"\"{new string('0', 64)}\""));

        outside.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await other.Content.ReadAsByteArrayAsync(RunningHub.Cancel)).ShouldBe(Weights);
    }

    [Fact]
    public async Task Head_HasTheHeadersOfGet()
    {
        using var response = await Client.SendAsync(HttpMethod.Head, $"{Files}/files/main/adapter_model.safetensors");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.ShouldBe(Weights.Length);
        response.Headers.AcceptRanges.ShouldBe(["bytes"]);
        using var absent = await Client.SendAsync(HttpMethod.Head, $"{Files}/files/main/absent");
        absent.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Downloads_AreCountedOncePerFileOfWeights()
    {
        var path = $"{Files}/files/main/adapter_model.safetensors";
        var before = await DownloadsAsync();
        using var head = await Client.SendAsync(HttpMethod.Head, path);
        using var later = await Client.SendAsync(HttpMethod.Get, path, ("Range", "bytes=500-"));
        using var known = await Client.SendAsync(HttpMethod.Get, path, ("If-None-Match", head.Headers.ETag!.Tag));
        using var card = await Client.SendAsync(HttpMethod.Get, $"{Files}/files/main/README.md");
        (await DownloadsAsync()).ShouldBe(before);

        using var whole = await Client.SendAsync(HttpMethod.Get, path);
        (await DownloadsAsync()).ShouldBe(before + 1);
        using var start = await Client.SendAsync(HttpMethod.Get, path, ("Range", "bytes=0-"));
        (await DownloadsAsync()).ShouldBe(before + 2);
    }

    [Fact]
    public async Task Blob_IsFoundThroughARepositoryThatHasItOnly()
    {
        var other = await Hub.AddRepositoryAsync(shared.Ada, "other");
        await Hub.CommitAsync(shared.Ada, other, ("x", [1]));
        using var found = await Client.GetAsync($"{Files}/blobs/{Digest(Weights)}", RunningHub.Cancel);

        (await found.Content.ReadAsByteArrayAsync(RunningHub.Cancel)).ShouldBe(Weights);
        await Client.GetAsync($"/api/hub/repositories/{other}/blobs/{Digest(Weights)}", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await Client.GetAsync($"{Files}/blobs/..%2F..%2Fhub.db", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Image_IsShownByItsBytesOnly()
    {
        using var image = await Client.GetAsync($"{Files}/images/main/assets/{Uri.EscapeDataString("ä b.png")}", RunningHub.Cancel);

        image.Content.Headers.ContentType!.ToString().ShouldBe("image/png");
        image.Content.Headers.ContentDisposition.ShouldBeNull();
        image.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        await Client.GetAsync($"{Files}/images/main/assets/fake.png", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await Client.GetAsync($"{Files}/images/main/page.html", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Archive_HasEveryFileAndIsTheSameTwice()
    {
        var first = await Client.GetByteArrayAsync($"{Files}/archive/main", RunningHub.Cancel);
        var second = await Client.GetByteArrayAsync($"{Files}/archive/{Commit}", RunningHub.Cancel);

        second.ShouldBe(first);
        await using var zip = new ZipArchive(new MemoryStream(first));
        zip.Entries.Select(entry => entry.FullName).ShouldBe(["README.md", "adapter_model.safetensors", "assets/fake.png", "assets/ä b.png", "page.html"]);
        await using var weights = await zip.GetEntry("adapter_model.safetensors")!.OpenAsync(RunningHub.Cancel);
        using var copy = new MemoryStream();
        await weights.CopyToAsync(copy, RunningHub.Cancel);
        copy.ToArray().ShouldBe(Weights);
    }

    /// <summary>Sent as written: HttpClient would tidy the address first.</summary>
    [Theory]
    [InlineData("../../../../../../etc/passwd")]
    [InlineData("..%2f..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("%2e%2e/%2e%2e/hub.db")]
    [InlineData("%2e%2e%2fhub.db")]
    [InlineData("..%5c..%5chub.db")]
    [InlineData("%252e%252e%252fhub.db")]
    [InlineData("%2fetc%2fpasswd")]
    [InlineData("/etc/passwd")]
    [InlineData("....//....//hub.db")]
    [InlineData("README.md%00.png")]
    [InlineData("README.md/")]
    [InlineData("./README.md%2f..%2fREADME.md")]
    [InlineData("%c0%ae%c0%ae/hub.db")]
    [InlineData("..;/hub.db")]
    [InlineData("README.md::$DATA")]
    [InlineData("C:%5cWindows%5cwin.ini")]
    [InlineData("~/.ssh/id_rsa")]
    public async Task Traversal_ReachesNothing(string path)
    {
        foreach (var route in new[] { "files/main", $"files/{Commit}", "images/main", "blobs", "archive", "tree/main?folder=" })
        {
            var target = route.Contains('?', StringComparison.Ordinal) ? $"{Files}/{route}{path}" : $"{Files}/{route}/{path}";
            var answer = await SendRawAsync($"GET {target} HTTP/1.1\r\nHost: {Hub.Address.Authority}\r\nConnection: close\r\n\r\n");
            answer.ShouldMatch(@"\AHTTP/1\.1 (400|404|405) ", target);
            answer.ShouldNotContain("root:");
            answer.ShouldNotContain("SQLite");
        }
    }

    private async Task<string> SendRawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Hub.Address.Host, Hub.Address.Port, RunningHub.Cancel);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), RunningHub.Cancel);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(RunningHub.Cancel);
    }

    private async Task<long> DownloadsAsync() => (await Hub.Get<RepositoryCatalog>().GetAsync(shared.Ada, shared.Name, RunningHub.Cancel)).Downloads;

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>One hub for all tests of the class: none of them changes what the others read.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal RunningHub Hub { get; private set; } = null!;

        internal Actor Ada { get; private set; } = null!;

        internal HttpClient Client { get; private set; } = null!;

        internal RepositoryName Name { get; private set; }

        internal string Commit { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Hub = await RunningHub.StartAsync();
            Ada = await Hub.AddUserAsync("ada");
            Name = await Hub.AddRepositoryAsync(Ada, "one");
            Commit = await Hub.CommitAsync(Ada, Name, ("README.md", "# One"u8.ToArray()), ("adapter_model.safetensors", Weights), ("assets/ä b.png", Png),
                ("assets/fake.png", "<svg onload=alert(1)>"u8.ToArray()), ("page.html", "<script>alert(1)</script>"u8.ToArray()));
            Client = Hub.As(null);
        }

        public ValueTask DisposeAsync() => Hub.DisposeAsync();
    }
}
