using System.Diagnostics;

namespace AdapterHub.Integration.Tests.Launcher;

/// <summary>What a finished process left.</summary>
internal sealed record ShellResult(int ExitCode, string Output, string Errors, TimeSpan Elapsed);

/// <summary>Runs a program to its end, without a shell, and takes both of its streams.</summary>
internal static class ShellProcess
{
    public static async Task<ShellResult> RunAsync(
        string program, string directory, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using var process = Start(program, directory, environment, arguments);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(10));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new ShellResult(process.ExitCode, await output, await errors, clock.Elapsed);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Waits for a line on standard output that contains <paramref name="word"/>, does something meanwhile, sends SIGINT and waits for the end.</summary>
    /// <param name="meanwhile">Gets the output so far.</param>
    public static async Task<ShellResult> InterruptAsync(
        string program, string directory, IReadOnlyDictionary<string, string?> environment, string word, Func<string, Task> meanwhile, params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using var process = Start(program, directory, environment, arguments);
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
                await meanwhile(output);
                using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
                await kill.WaitForExitAsync(limit.Token);
            }

            await process.WaitForExitAsync(limit.Token);
            return new ShellResult(process.ExitCode, output, await errors, clock.Elapsed);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Starts it with all of its streams redirected and an empty standard input.</summary>
    public static Process Start(string program, string directory, IReadOnlyDictionary<string, string?> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
