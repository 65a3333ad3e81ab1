using System.Text.Json;
using AdapterHub.Formats.Peft;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Cli;

public sealed class TrainVerbTests(TinyBase tiny) : IDisposable
{
    private static readonly string[] Settings =
        ["--base", "tiny", "--data", "text.txt", "--seq", "64", "--batch", "4", "--rank", "4", "--dropout", "0.1", "--device", "cpu"];

    private readonly CliProgram _program = tiny.Start();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Text_BecomesAnAdapterThatLowersTheHeldOutLoss()
    {
        _program.Write("text.txt", TinyBase.Text);
        var result = await _program.SucceedAsync(["train", .. Settings, "--out", "mine", "--steps", "30", "--lr", "0.01", "--license", "cc0-1.0", "--description", "Counts bells.", "--sample", "The river", "--targets", "v_proj,o_proj,down_proj"]);

        result.Errors.ShouldBeEmpty();
        result.Output.ShouldContain("held-out loss");
        result.Output.ShouldContain("sample      The river|");
        Directory.EnumerateFileSystemEntries(_program.PathOf("mine")).Select(Path.GetFileName).Order()
            .ShouldBe(["README.md", "adapter_config.json", "adapter_model.safetensors", "training_report.json"]);
        var adapter = PeftAdapterFolder.Read(_program.PathOf("mine"));
        adapter.Modules.Select(module => module.Path).ShouldBe(
            from layer in new[] { 0, 1 } from module in new[] { "mlp.down_proj", "self_attn.o_proj", "self_attn.v_proj" } select $"model.layers.{layer}.{module}");
        adapter.Config.BaseModelNameOrPath.ShouldBe("tiny");
        var card = await File.ReadAllTextAsync(_program.PathOf("mine/README.md"), TestContext.Current.CancellationToken);
        card.ShouldContain("license: cc0-1.0");
        card.ShouldContain("Counts bells.");

        _program.Write("all.txt", TinyBase.Text);
        var plain = await EvaluateAsync();
        var adapted = await EvaluateAsync("--adapter", "mine");
        adapted.ShouldBeLessThan(plain * 0.95, "random embeddings stay frozen, so there is little to gain; what there is is found");
        (await EvaluateAsync("--adapter", "mine=0")).ShouldBe(plain, 1e-6 * plain, "weight 0 is the base");
    }

    [Fact]
    public async Task Json_IsOneEventALineFromPhaseToReport()
    {
        _program.Write("text.txt", TinyBase.Text);
        var result = await _program.SucceedAsync(["train", .. Settings, "--out", "mine", "--steps", "4", "--json"]);

        var events = Events(result.Output);
        events.Select(happened => happened.Number).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
        events.OfType<TrainingStarted>().Single().Steps.ShouldBe(4);
        events.OfType<StepTaken>().Select(step => step.Step).ShouldBe([1, 2, 3, 4]);
        events.OfType<HeldOutMeasured>().First().Step.ShouldBe(0);
        events[^1].ShouldBeOfType<TrainingFinished>().Steps.ShouldBe(4);
    }

    [Fact]
    public async Task Interruption_LeavesACheckpointAndTheCommandThatGoesOn()
    {
        _program.Write("text.txt", TinyBase.Text);
        string[] arguments = ["train", .. Settings, "--steps", "40", "--eval-every", "20", "--json"];
        var whole = Events((await _program.SucceedAsync([.. arguments, "--out", "whole"])).Output);
        var stopped = await _program.InterruptAsync("\"event\":\"step\"", [.. arguments, "--out", "parts"]);

        stopped.ExitCode.ShouldBe(3, stopped.Errors);
        stopped.Errors.ShouldContain("--resume");
        var first = Events(stopped.Output);
        var interrupted = first[^1].ShouldBeOfType<RunInterrupted>();
        interrupted.Step.ShouldBeInRange(1, 39);
        Directory.Exists(interrupted.Checkpoint).ShouldBeTrue();
        File.Exists(_program.PathOf("parts/adapter_model.safetensors")).ShouldBeFalse("a run that did not end has no result");

        var command = stopped.Errors.Split('\n').Single(line => line.TrimStart().StartsWith("adapterhub train", StringComparison.Ordinal)).Trim();
        var rest = Events((await _program.SucceedAsync(command.Split(' ')[1..])).Output);

        Losses(first).Concat(Losses(rest)).ShouldBe(Losses(whole), "on the CPU a resumed run is the uninterrupted one, bit for bit");
        Digest("parts").ShouldBe(Digest("whole"));
    }

    [Fact]
    public async Task PromptsAndCompletions_ComeFromNamedFields()
    {
        _program.Write("faq.jsonl", string.Concat(Enumerable.Range(0, 40).Select(k => JsonSerializer.Serialize(new { question = $"What is {k}?", answer = $"{k} is a number." }) + "\n")));
        var result = await _program.SucceedAsync(
            "train", "--base", "tiny", "--data", "faq.jsonl", "--prompt-field", "question", "--completion-field", "answer", "--out", "faq", "--steps", "2", "--seq", "64", "--batch", "2", "--json");

        Events(result.Output).OfType<TrainingStarted>().Single().Documents.ShouldBeInRange(30, 39);
    }

    [Fact]
    public async Task Overwrite_StartsOverInTheSameFolder()
    {
        _program.Write("text.txt", TinyBase.Text);
        await _program.SucceedAsync(["train", .. Settings, "--out", "mine", "--steps", "2", "--keep-checkpoints"]);
        Directory.Exists(_program.PathOf("mine/checkpoints")).ShouldBeTrue();
        await _program.SucceedAsync(["train", .. Settings, "--out", "mine", "--steps", "3", "--overwrite"]);

        (await File.ReadAllTextAsync(_program.PathOf("mine/training_report.json"), TestContext.Current.CancellationToken)).ShouldContain("\"steps\": 3");
        Directory.Exists(_program.PathOf("mine/checkpoints")).ShouldBeFalse();
    }

    [Fact]
    public async Task DiskThatFills_IsSaidAndLeavesNoAdapter()
    {
        _program.Write("text.txt", TinyBase.Text);
        // Files may grow to 64 blocks of 1024 bytes: the factors of rank 64 do not fit. The runtime maps memory through a file unless told not to.
        _program.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        var result = await _program.RunUnderAsync("ulimit -f 64", ["train", .. Settings, "--rank", "64", "--out", "big", "--steps", "2"]);

        result.ExitCode.ShouldBe(2, result.Errors);
        result.Errors.ShouldNotContain("   at ");
        Directory.EnumerateFiles(_program.Folder, "*.safetensors", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    internal static List<RunEvent> Events(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize(line, ProtocolJson.Default.RunEvent)!)];

    private static IEnumerable<(int, double)> Losses(IEnumerable<RunEvent> events) => events.OfType<StepTaken>().Select(step => (step.Step, step.Loss));

    private async Task<double> EvaluateAsync(params string[] adapters)
    {
        var result = await _program.SucceedAsync(["evaluate", "--base", "tiny", "--data", "all.txt", "--json", .. adapters]);
        return Events(result.Output)[^1].ShouldBeOfType<EvaluationFinished>().Perplexity;
    }

    private string Digest(string folder) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(_program.PathOf($"{folder}/adapter_model.safetensors"))));
}
