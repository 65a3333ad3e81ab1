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

    /// <summary>Starts it and leaves it to the caller, streams and end.</summary>
    public Process Start(params string[] arguments) => ShellProcess.Start("dotnet", Folder, Environment, [Program, .. arguments]);

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
    public Task<ShellResult> InterruptAsync(string word, params string[] arguments) => InterruptAsync(word, _ => Task.CompletedTask, arguments);

    /// <param name="word">The line to wait for.</param>
    /// <param name="meanwhile">What is done before the signal, with the output so far.</param>
    /// <param name="arguments">Of the program.</param>
    public Task<ShellResult> InterruptAsync(string word, Func<string, Task> meanwhile, params string[] arguments) =>
        ShellProcess.InterruptAsync("dotnet", Folder, Environment, word, meanwhile, [Program, .. arguments]);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
