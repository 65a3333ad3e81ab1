using System.Net;
using System.Net.Sockets;

namespace AdapterHub.Integration.Tests.Cli;

public sealed class ServeVerbTests : IDisposable
{
    private readonly CliProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Interrupt_EndsTheHubWithoutAFailure()
    {
        var result = await _program.InterruptAsync("Ctrl-C ends it", "serve", "--urls", "http://127.0.0.1:0");

        result.ExitCode.ShouldBe(0, result.Errors);
        result.Output.ShouldMatch(@"AdapterHub is at http://127\.0\.0\.1:[1-9]\d+\n");
        result.Errors.ShouldNotContain("fail:");
    }

    /// <summary>libtorch may abort or run out of memory; the hub lives because it never has it.</summary>
    [Fact]
    public async Task Hub_LoadsNoNativeCodeOfTorch()
    {
        _program.Environment["ADAPTERHUB_ROOT"] = Repository.Root;
        await using var hub = await ServedHub.StartAsync(_program, _program.PathOf("hub"));
        using var handler = new SocketsHttpHandler();
        using var client = new HttpClient(handler) { BaseAddress = hub.Address };

        foreach (var page in new[] { "/", "/adapterhub/king-james", "/adapterhub/king-james?tab=anatomy", "/api/hub/repositories?q=james" })
            (await client.GetAsync(new Uri(page, UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK, page);

        var mapped = File.ReadLines($"/proc/{hub.ProcessId}/maps").Select(line => Path.GetFileName(line.Split(' ')[^1])).Distinct(StringComparer.Ordinal).ToList();
        mapped.ShouldContain(name => name.StartsWith("libcoreclr", StringComparison.Ordinal));
        string[] native = ["torch", "blas", "cuda"];
        mapped.Where(name => name.Contains(".so", StringComparison.Ordinal) && native.Any(part => name.Contains(part, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public async Task FirstPage_ComesWithItsFiles()
    {
        var result = await _program.InterruptAsync("Ctrl-C ends it", ServedPage.ComesWithItsFilesAsync, "serve", "--urls", "http://127.0.0.1:0");

        result.ExitCode.ShouldBe(0, result.Errors);
    }

    [Fact]
    public async Task DataFolder_IsBelowTheCurrentFolderUnlessNamed()
    {
        await _program.InterruptAsync("Ctrl-C ends it", "serve", "--urls", "http://127.0.0.1:0");
        Directory.Exists(_program.PathOf("data/hub")).ShouldBeTrue();

        await _program.InterruptAsync("Ctrl-C ends it", "serve", "--urls", "http://127.0.0.1:0", "--data", "elsewhere");
        Directory.Exists(_program.PathOf("elsewhere")).ShouldBeTrue();
    }

    [Fact]
    public async Task TakenPort_IsNamedWithWhatToDo()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        var message = await _program.BeRefusedAsync("serve", "--urls", url);

        message.ShouldContain(url);
        message.ShouldContain("another program listens there already");
        message.ShouldContain("--urls");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("http://192.0.2.1:5080")]
    [InlineData("https://localhost:5443")]
    public async Task UselessAddress_IsNamed(string url) => (await _program.BeRefusedAsync("serve", "--urls", url)).ShouldContain(url);
}
