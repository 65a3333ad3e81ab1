using System.Diagnostics;

namespace AdapterHub.Integration.Tests.Cli;

public sealed class InterruptionTests(TinyBase tiny) : IDisposable
{
    private readonly CliProgram _program = tiny.Start();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _program.Dispose();

    /// <summary>In the middle of a step that takes minutes, with libtorch's threads at work: an end at once, and no fault of memory.</summary>
    [Fact]
    public async Task SecondInterrupt_EndsAtOnceWithItsOwnExitCode()
    {
        _program.Write("text.txt", TinyBase.Text);
        using var process = _program.Start(
            "train", "--base", "tiny", "--data", "text.txt", "--seq", "64", "--batch", "8", "--accumulate", "20000", "--steps", "50", "--rank", "4", "--device", "cpu", "--out", "mine", "--json");
        process.Id.ShouldBeGreaterThan(0);
        try
        {
            await UntilAsync(process.StandardOutput, "\"event\":\"evaluation\"");
            await InterruptAsync(process);
            await UntilAsync(process.StandardError, "once more ends at once");
            await InterruptAsync(process);

            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            patience.CancelAfter(TimeSpan.FromSeconds(20));
            await process.WaitForExitAsync(patience.Token);
            process.ExitCode.ShouldBe(3);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static async Task UntilAsync(StreamReader lines, string word)
    {
        while (await lines.ReadLineAsync(Cancel) is { } line)
        {
            if (line.Contains(word, StringComparison.Ordinal))
                return;
        }

        throw new InvalidOperationException($"It ended without \"{word}\".");
    }

    private static async Task InterruptAsync(Process process)
    {
        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        await kill.WaitForExitAsync(Cancel);
    }
}
