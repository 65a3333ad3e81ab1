namespace AdapterHub.Integration.Tests.Cli;

public sealed class HelpTests : IDisposable
{
    private readonly CliProgram _program = new();

    /// <summary>A shim that does not exist: whatever calls libtorch fails.</summary>
    public HelpTests() => _program.Environment["ADAPTERHUB_TORCH_SHIM"] = "/nowhere/libadapterhub_torch.so";

    public static TheoryData<string> Verbs => ["train", "generate", "evaluate", "blend", "inspect", "pretrain", "train-tokenizer", "serve", "engine", "search", "pull", "push", "login", "logout", "whoami", "runs", "worker", "doctor"];

    public void Dispose() => _program.Dispose();

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task HelpOfAVerb_ExplainsEveryFlagOnOneLine(string verb)
    {
        var help = (await _program.SucceedAsync(verb, "--help")).Output;

        var flags = help.Split('\n').Where(line => line.StartsWith("  --", StringComparison.Ordinal)).ToList();
        flags.Count.ShouldBeGreaterThan(1);
        foreach (var line in flags)
            line.Trim().Split("  ", 2).Length.ShouldBe(2, $"{verb}: no explanation in \"{line}\"");
        // A flag that takes a value says its default, or that it is required, or stands for more of something that is off by default.
        foreach (var line in flags.Where(line => line.Trim().Split("  ", 2)[0].Contains(' ', StringComparison.Ordinal)))
            (line.Contains("(default: ", StringComparison.Ordinal) || line.Contains("(required)", StringComparison.Ordinal)
                || line.Contains("may be repeated", StringComparison.Ordinal) || line.Contains("instead of", StringComparison.Ordinal)).ShouldBeTrue(line);
    }

    [Fact]
    public async Task Help_NamesEveryVerbAndNeedsNoTorch()
    {
        var result = await _program.SucceedAsync("--help");
        foreach (var verb in Verbs)
            result.Output.ShouldContain($"  {verb.Data} ");
        TestContext.Current.TestOutputHelper?.WriteLine($"--help took {result.Elapsed.TotalMilliseconds:F0} ms.");
    }

    [Fact]
    public async Task NoArguments_ShowTheHelp() => (await _program.SucceedAsync()).Output.ShouldContain("Usage: adapterhub VERB");

    [Fact]
    public async Task Version_IsTheProgramsAndNeedsNoTorch() => (await _program.SucceedAsync("--version")).Output.ShouldStartWith("0.");

    [Theory]
    [InlineData("trane", "trane")]
    [InlineData("doctor --sepia", "--sepia")]
    [InlineData("train --data x --out y", "--base is required")]
    [InlineData("train --base a --data x --out y --rank two", "--rank takes a whole number; \"two\" is none.")]
    [InlineData("train --base a --data x --out y --lr fast", "--lr takes a number; \"fast\" is none.")]
    [InlineData("train --base a --data x --out y --schedule zigzag", "--schedule must be cosine, linear or constant; it is \"zigzag\".")]
    [InlineData("train --base a --data x --out y --layers 3-1", "--layers")]
    public async Task WrongArguments_AreRefusedByName(string arguments, string message) =>
        (await _program.BeRefusedAsync(arguments.Split(' '))).ShouldContain(message);

    [Fact]
    public async Task Doctor_WithoutTorch_SaysWhatToInstall()
    {
        var result = await _program.RunAsync("doctor");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("PROBLEM");
        result.Output.ShouldContain("libtorch-dev");
    }
}
