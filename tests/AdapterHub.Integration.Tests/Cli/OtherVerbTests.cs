using System.Text.Json;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Cli;

public sealed class OtherVerbTests(TinyBase tiny) : IDisposable
{
    private readonly CliProgram _program = tiny.Start();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Generate_IsTheSameForASeedAndOtherForAnother()
    {
        string[] arguments = ["generate", "--base", "tiny", "--prompt", "The lamp", "--max-tokens", "12", "--seed"];
        var first = (await _program.SucceedAsync([.. arguments, "7"])).Output;

        first.ShouldStartWith("The lamp");
        (await _program.SucceedAsync([.. arguments, "7", "--stream", "off"])).Output.ShouldBe(first);
        (await _program.SucceedAsync([.. arguments, "8"])).Output.ShouldNotBe(first);
        (await _program.SucceedAsync([.. arguments, "7", "--no-echo"])).Output.ShouldBe(first["The lamp".Length..]);
    }

    [Fact]
    public async Task Generate_TakesThePromptFromAFile()
    {
        _program.Write("prompt.txt", "The garden\n");
        var result = await _program.SucceedAsync("generate", "--base", "tiny", "--prompt-file", "prompt.txt", "--max-tokens", "3", "--temperature", "0", "--json");

        var made = JsonDocument.Parse(result.Output).RootElement;
        made.GetProperty("prompt").GetString().ShouldBe("The garden");
        made.GetProperty("newTokens").GetInt32().ShouldBe(3);
        made.GetProperty("end").GetString().ShouldBe("length");
    }

    [Fact]
    public async Task Generate_WithTwoWeightedAdapters_IsTheirBlend()
    {
        TinyBase.WriteAdapter(_program.PathOf("a"), rank: 2, value: 0.6f, module: "v_proj");
        TinyBase.WriteAdapter(_program.PathOf("b"), rank: 3, value: -0.8f, module: "o_proj");
        await _program.SucceedAsync("blend", "--out", "mix", "a=0.7", "b=-0.4");
        string[] arguments = ["generate", "--base", "tiny", "--prompt", "The lamp", "--max-tokens", "16", "--temperature", "0"];
        var together = (await _program.SucceedAsync([.. arguments, "--adapter", "a=0.7", "--adapter", "b=-0.4"])).Output;

        (await _program.SucceedAsync([.. arguments, "--adapter", "mix"])).Output.ShouldBe(together);
        (await _program.SucceedAsync(arguments)).Output.ShouldNotBe(together, "the adapters do something");
    }

    [Fact]
    public async Task Blend_SaysThatItIsExact()
    {
        TinyBase.WriteAdapter(_program.PathOf("a"), rank: 2);
        TinyBase.WriteAdapter(_program.PathOf("b"), rank: 3);
        var text = await _program.SucceedAsync("blend", "--out", "mix", "a=0.7", "b=0.3");
        var finished = TrainVerbTests.Events((await _program.SucceedAsync("blend", "--out", "mix2", "a=0.7", "b=0.3", "--json")).Output)[^1].ShouldBeOfType<BlendFinished>();

        text.Output.ShouldContain("exact: the weighted sum itself");
        finished.IsExact.ShouldBeTrue();
        finished.LargestRank.ShouldBe(5);
        finished.Modules.ShouldBe(2);
    }

    [Fact]
    public async Task Blend_ToALowerRank_SaysWhatItLoses()
    {
        TinyBase.WriteAdapter(_program.PathOf("a"), rank: 2);
        TinyBase.WriteAdapter(_program.PathOf("b"), rank: 3);
        var result = await _program.SucceedAsync("blend", "--out", "mix", "a=0.7", "b=0.3", "--rank", "1", "--json");

        var finished = TrainVerbTests.Events(result.Output)[^1].ShouldBeOfType<BlendFinished>();
        finished.IsExact.ShouldBeFalse();
        finished.RelativeError.ShouldBeInRange(1e-3, 1);
        finished.Worst.ShouldNotBeNull();
    }

    [Fact]
    public async Task Blend_ByAMethodWithWeightsByLayer_SaysItAndCanBeMadeAgain()
    {
        TinyBase.WriteAdapter(_program.PathOf("a"), rank: 2);
        TinyBase.WriteAdapter(_program.PathOf("b"), rank: 3, value: -0.04f);
        var result = await _program.SucceedAsync(
            "blend", "--out", "mix", "a=0.7", "b=0.3", "--method", "dare-ties", "--density", "0.4", "--seed", "3", "--rank", "2", "--layer-weight", "1:layers.0=0", "--layer-weight", "2:layers.1=-1", "--json");
        var events = TrainVerbTests.Events(result.Output);
        events.OfType<BlendMeasured>().ShouldHaveSingleItem().Curve[^1].RelativeError.ShouldBeLessThan(1e-5);
        events[^1].ShouldBeOfType<BlendFinished>().Method.ShouldBe("dare_ties");
        await _program.SucceedAsync("blend", "--out", "again", "--recipe", "mix");
        foreach (var file in new[] { "adapter_model.safetensors", "adapter_config.json", "blend.json" })
        {
            (await File.ReadAllBytesAsync(_program.PathOf($"again/{file}"), TestContext.Current.CancellationToken))
                .ShouldBe(await File.ReadAllBytesAsync(_program.PathOf($"mix/{file}"), TestContext.Current.CancellationToken), file);
        }

        (await _program.BeRefusedAsync("blend", "--out", "third", "a=1", "--layer-weight", "2:layers.0=1")).ShouldContain("there are 1 adapters");
        (await _program.BeRefusedAsync("blend", "--out", "third", "a=1", "--layer-weight", "layers.0")).ShouldContain("N:LAYERS=WEIGHT");
        (await _program.BeRefusedAsync("blend", "--out", "third", "a=1", "--layer-weight", "1:a..b=1")).ShouldContain("no pattern of layers");
    }

    [Fact]
    public async Task Report_WritesNothingAndAdvises()
    {
        TinyBase.WriteAdapter(_program.PathOf("a"), rank: 2);
        TinyBase.WriteAdapter(_program.PathOf("b"), rank: 3);
        var text = await _program.SucceedAsync("blend", "--report", "a=1", "b=-1");
        text.Output.ShouldContain("pull against each other");
        text.Output.ShouldContain("model.layers.1");
        text.Output.ShouldContain("not written");

        var events = TrainVerbTests.Events((await _program.SucceedAsync("blend", "--report", "a=1", "b=1", "--out", "mix", "--json")).Output);
        var report = events.OfType<InterferenceMeasured>().ShouldHaveSingleItem();
        report.Pairs.ShouldHaveSingleItem().Modules.Count.ShouldBe(2);
        report.Adapters.Select(adapter => adapter.Name).ShouldBe(["a", "b"]);
        events[^1].ShouldBeOfType<BlendFinished>().Output.ShouldBe("mix");
        (await _program.BeRefusedAsync("blend", "a=1")).ShouldContain("--out must not be empty");
    }

    [Fact]
    public async Task Recipe_MakesTheSameBlendAgain()
    {
        TinyBase.WriteAdapter(_program.PathOf("a"));
        await _program.SucceedAsync("blend", "--out", "mix", "a=0.5");
        await _program.SucceedAsync("blend", "--out", "again", "--recipe", "mix");

        (await File.ReadAllBytesAsync(_program.PathOf("again/adapter_model.safetensors"), TestContext.Current.CancellationToken))
            .ShouldBe(await File.ReadAllBytesAsync(_program.PathOf("mix/adapter_model.safetensors"), TestContext.Current.CancellationToken));
        (await _program.BeRefusedAsync("blend", "--out", "third", "--recipe", "mix", "a=1")).ShouldContain("--recipe decides the adapters");
    }

    [Fact]
    public async Task Inspect_OfAnAdapter_SaysWhatFitsTheBase()
    {
        TinyBase.WriteAdapter(_program.PathOf("a"), rank: 3, value: 0.1f);
        var result = await _program.SucceedAsync("inspect", "a", "--base", "tiny", "--json");
        var inspection = JsonDocument.Parse(result.Output).RootElement;

        inspection.GetProperty("kind").GetString().ShouldBe("adapter");
        inspection.GetProperty("modules").GetInt32().ShouldBe(2);
        inspection.GetProperty("parameters").GetInt64().ShouldBe(2 * 2 * 3 * TinyBase.Width);
        inspection.GetProperty("fit").GetProperty("bound").GetInt32().ShouldBe(2);
        inspection.GetProperty("norm").GetDouble().ShouldBe(ExpectedNorm(), 1e-4 * ExpectedNorm());
        (await _program.SucceedAsync("inspect", "a", "--base", "tiny")).Output.ShouldContain("everything fits");

        TinyBase.WriteAdapter(_program.PathOf("foreign"), width: 48);
        var foreign = await _program.RunAsync("inspect", "foreign", "--base", "tiny");
        foreign.ExitCode.ShouldBe(2);
        foreign.Output.ShouldContain("model.layers.1.self_attn.q_proj");

        // s ||B A|| of both modules, with the product formed as one would on paper.
        double ExpectedNorm()
        {
            var module = Formats.Peft.PeftAdapterFolder.Read(_program.PathOf("a")).Modules[0];
            var (a, b) = (module.A.ToSingles(), module.B.ToSingles());
            var sum = 0.0;
            for (var row = 0; row < TinyBase.Width; row++)
            {
                for (var column = 0; column < TinyBase.Width; column++)
                {
                    var value = Enumerable.Range(0, 3).Sum(k => (double)b[(row * 3) + k] * a[(k * TinyBase.Width) + column]);
                    sum += value * value;
                }
            }

            return Math.Sqrt(2 * sum) * module.Scale;
        }
    }

    [Fact]
    public async Task Inspect_OfAModelAndOfAFile_CountsParameters()
    {
        var model = JsonDocument.Parse((await _program.SucceedAsync("inspect", "tiny", "--json")).Output).RootElement;
        var file = JsonDocument.Parse((await _program.SucceedAsync("inspect", Path.Combine(tiny.Folder, "model.safetensors"), "--json")).Output).RootElement;

        model.GetProperty("layers").GetInt32().ShouldBe(2);
        file.GetProperty("parameters").GetInt64().ShouldBe(model.GetProperty("parameters").GetInt64());
        (await _program.SucceedAsync("inspect", "tiny")).Output.ShouldContain("architecture");
    }

    [Fact]
    public async Task Pretraining_FromATokenizerOfItsOwn_MakesABaseThatGenerates()
    {
        _program.Write("text.txt", TinyBase.Text);
        await _program.SucceedAsync("train-tokenizer", "--data", "text.txt", "--vocab", "300", "--out", "tokenizer.json");
        (await _program.BeRefusedAsync("train-tokenizer", "--data", "text.txt", "--out", "tokenizer.json")).ShouldContain("--overwrite");
        var result = await _program.SucceedAsync(
            "pretrain", "--config", "tiny", "--tokenizer", "tokenizer.json", "--data", "text.txt", "--out", "models/new", "--steps", "20", "--seq", "64", "--batch", "4", "--json");

        var finished = TrainVerbTests.Events(result.Output)[^1].ShouldBeOfType<TrainingFinished>();
        finished.TrainableParameters.ShouldBe(finished.TotalParameters);
        finished.HeldOutLoss!.Value.ShouldBeLessThan(finished.HeldOutLossBefore!.Value);
        Directory.EnumerateFiles(_program.PathOf("models/new")).Select(Path.GetFileName).ShouldBe(
            ["README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "training_report.json"], ignoreOrder: true);
        await _program.SucceedAsync("generate", "--base", "./models/new", "--prompt", "Chapter", "--max-tokens", "5");
    }

    [Fact]
    public async Task Evaluate_MeasuresEveryFileAndAll()
    {
        _program.Write("one.txt", TinyBase.Text[..2000]);
        _program.Write("two.txt", TinyBase.Text[2000..5000]);
        var events = TrainVerbTests.Events((await _program.SucceedAsync("evaluate", "--base", "tiny", "--data", "one.txt", "two.txt", "--json")).Output);

        var files = events.OfType<FileMeasured>().ToList();
        var all = events[^1].ShouldBeOfType<EvaluationFinished>();
        files.Select(file => file.Path).ShouldBe(["one.txt", "two.txt"]);
        all.Tokens.ShouldBe(files.Sum(file => file.Tokens));
        all.Loss.ShouldBe(files.Sum(file => file.Loss * file.Tokens) / all.Tokens, 1e-9);
        all.Perplexity.ShouldBe(300, 60, "random weights know nothing: about as many choices as tokens");
    }

    [Fact]
    public async Task Doctor_MeasuresTheMachine()
    {
        var result = await _program.RunAsync("doctor", "--json");

        var report = JsonDocument.Parse(result.Output).RootElement;
        var subjects = report.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("subject").GetString()).ToList();
        foreach (var subject in new[] { "libtorch", "BLAS", "threads", "call", "memory", "disk", "cache", "base models" })
            subjects.ShouldContain(subject);
        result.ExitCode.ShouldBe(report.GetProperty("healthy").GetBoolean() ? 0 : 1);
    }
}
