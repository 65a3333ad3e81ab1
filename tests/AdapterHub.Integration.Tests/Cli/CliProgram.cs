using System.Diagnostics;
using AdapterHub.Integration.Tests.Launcher;

namespace AdapterHub.Integration.Tests.Cli;

/// <summary>The program as a process, in a folder of its own.</summary>
internal sealed class CliProgram : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "adapterhub.dll");

    /// <param name="home">Holds <c>models</c>; null for a home without any.</param>
    public CliProgram(string? home = null)
    {
        Folder = Directory.CreateTempSubdirectory("cli-").FullName;
        Environment["ADAPTERHUB_HOME"] = home ?? Folder;
        Environment["ADAPTERHUB_CACHE"] = Path.Combine(Folder, "cache");
        Environment["ADAPTERHUB_ROOT"] = null;
    }

    public string Folder { get; }

    public Dictionary<string, string?> Environment { get; } = new(StringComparer.Ordinal);

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return name;
    }

    public Task<ShellResult> RunAsync(params string[] arguments) => ShellProcess.RunAsync("dotnet", Folder, Environment, [Program, .. arguments]);

    /// <summary>Runs in a shell that first carries out <paramref name="preparation"/>.</summary>
    public Task<ShellResult> RunUnderAsync(string preparation, string[] arguments) =>
        ShellProcess.RunAsync("bash", Folder, Environment, ["-c", $"{preparation}; exec dotnet \"$@\"", "bash", Program, .. arguments]);

    /// <summary>Runs and expects success.</summary>
    public async Task<ShellResult> SucceedAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        result.ExitCode.ShouldBe(0, $"{string.Join(' ', arguments)}\n{result.Output}\n{result.Errors}");
        return result;
    }

    /// <summary>Runs and expects a refusal: exit code 2, one message on standard error, no stack trace.</summary>
    public async Task<string> BeRefusedAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        result.ExitCode.ShouldBe(2, $"{string.Join(' ', arguments)}\n{result.Output}\n{result.Errors}");
        result.Errors.ShouldStartWith("adapterhub: ");
        result.Errors.ShouldNotContain("   at ");
        result.Errors.ShouldNotContain("--verbose");
        return result.Errors;
    }

    /// <summary>Starts the program, waits for a line on standard output that contains <paramref name="word"/>, and sends SIGINT.</summary>
    public async Task<ShellResult> InterruptAsync(string word, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            WorkingDirectory = Folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = "";
            var isSent = false;
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                output += line + "\n";
                if (isSent || !line.Contains(word, StringComparison.Ordinal))
                    continue;
                isSent = true;
                using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
                await kill.WaitForExitAsync(limit.Token);
            }

            await process.WaitForExitAsync(limit.Token);
            return new ShellResult(process.ExitCode, output, await errors, clock.Elapsed);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
