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
