using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using AdapterHub.Protocol.Inference;

namespace AdapterHub.Web.Inference;

/// <summary>An engine process and the way to it: a socket that only this account reaches, and a secret that only the two know.</summary>
internal sealed class RunningEngine : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private RunningEngine(Process process, string folder, string secret)
    {
        (_process, _folder) = (process, folder);
        // An answer that nobody reads on ends at once: reading the rest, as is the custom, would keep its lanes at work for seconds.
        Client = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false, MaxResponseDrainSize = 0 })
        {
            BaseAddress = new Uri("http://engine/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
    }

    public HttpClient Client { get; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    private string Socket => Path.Combine(_folder, "engine.sock");

    /// <summary>Starts a process and waits until it listens.</summary>
    /// <param name="log">Told of what it writes to standard error.</param>
    /// <exception cref="InvalidOperationException">It ended before; the message holds its last words.</exception>
    public static async Task<RunningEngine> StartAsync(LaneOptions options, Action<string> log, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("adapterhub-engine-").FullName; // for this account alone (mkdtemp)
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var process = new Process { StartInfo = Describe(options, Path.Combine(folder, "engine.sock"), secret) };
        var lastWords = "";
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { Length: > 0 } text)
                return;
            lastWords = text;
            log(text);
        };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            process.Dispose();
            Directory.Delete(folder, recursive: true);
            throw;
        }

        process.BeginErrorReadLine();
        var engine = new RunningEngine(process, folder, secret);
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancel);
            if (line is not null && JsonSerializer.Deserialize(line, InferenceJson.Default.EngineStarted) is not null)
                return engine;
            throw new InvalidOperationException(lastWords.Length > 0 ? lastWords : "it ended without a word.");
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when the process is gone.</summary>
    public Task WaitForExitAsync() => _process.WaitForExitAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.StandardInput.Close(); // it ends with its input
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static ProcessStartInfo Describe(LaneOptions options, string socket, string secret)
    {
        var own = Environment.ProcessPath ?? "";
        var beside = Path.Combine(AppContext.BaseDirectory, "adapterhub.dll");
        var start = new ProcessStartInfo { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (options.Program is { Length: > 0 } program)
        {
            start.FileName = program;
        }
        else if (Path.GetFileNameWithoutExtension(own) == "adapterhub")
        {
            start.FileName = own;
        }
        else
        {
            start.FileName = Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
            start.ArgumentList.Add(beside);
        }

        string[] arguments = ["engine", "--listen", $"unix:{socket}", "--json", "--child", "--device", options.Device, "--rows", options.Rows.ToString(System.Globalization.CultureInfo.InvariantCulture)];
        foreach (var argument in arguments.Concat(options.Memory is { Length: > 0 } memory ? ["--memory", memory] : []))
            start.ArgumentList.Add(argument);
        start.Environment["ADAPTERHUB_ENGINE_SECRET"] = secret;
        return start;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
