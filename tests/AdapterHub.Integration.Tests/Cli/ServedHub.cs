using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AdapterHub.Integration.Tests.Cli;

/// <summary><c>adapterhub serve</c> as a process that answers, killed at the end if nobody did it before.</summary>
internal sealed class ServedHub : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ServedHub(Process process, Uri address)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Address = address;
    }

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    /// <param name="program">Its folder and variables are the server's.</param>
    /// <param name="data">Where its catalogue lies.</param>
    public static async Task<ServedHub> StartAsync(CliProgram program, string data)
    {
        var address = new Uri($"http://127.0.0.1:{FindPort()}");
        var hub = new ServedHub(program.Start("serve", "--no-worker", "--urls", address.ToString(), "--data", data), address);
        while (await hub._process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("Ctrl-C", StringComparison.Ordinal))
                return hub;
        }

        var errors = await hub._errors;
        await hub.DisposeAsync();
        throw new InvalidOperationException($"The server did not start: {errors}");
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.HasExited.ShouldBeFalse($"The server ended by itself: {(_process.HasExited ? await _errors : "")}");
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>One that nobody listens on; a killed hub's own may stay taken for a while.</summary>
    private static int FindPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
