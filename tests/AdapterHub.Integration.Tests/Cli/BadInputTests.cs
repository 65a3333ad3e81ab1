using System.Buffers.Binary;
using System.Text;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Integration.Tests.Cli;

/// <summary>Every kind of wrong input ends with one message that names it, exit code 2, and no output folder.</summary>
public sealed class BadInputTests(TinyBase tiny) : IDisposable
{
    private readonly CliProgram _program = tiny.Start();

    public void Dispose()
    {
        Directory.Exists(_program.PathOf("out")).ShouldBeFalse("nothing half-written is left");
        _program.Dispose();
    }

    [Theory]
    [InlineData("--rank 0", "--rank must be at least 1; it is 0.")]
    [InlineData("--rank -3", "--rank must be at least 1; it is -3.")]
    [InlineData("--alpha 0", "--alpha must be above 0; it is 0.")]
    [InlineData("--dropout 1", "--dropout must be at least 0 and below 1; it is 1.")]
    [InlineData("--steps 0", "--steps must be at least 1; it is 0.")]
    [InlineData("--epochs 0", "--epochs must be above 0; it is 0.")]
    [InlineData("--lr -0.001", "--lr must be above 0; it is -0.001.")]
    [InlineData("--lr NaN", "--lr must be above 0; it is NaN.")]
    [InlineData("--batch 0", "--batch must be at least 1; it is 0.")]
    [InlineData("--eval-fraction 0.9", "--eval-fraction must be from 0 to 0.5; it is 0.9.")]
    [InlineData("--seq 100000", "--seq 100000 is longer than the base model's context of 128.")]
    [InlineData("--device tpu", "--device must be cpu, cuda, cuda:N or auto; it is \"tpu\".")]
    [InlineData("--targets q_prj", "q_prj: is no module of this model; it has q_proj, k_proj")]
    [InlineData("--targets q_proj,nonsense", "nonsense: is no module of this model")]
    [InlineData("--targets .*nothing.*", "it has q_proj, k_proj")]
    [InlineData("--targets (((", "target_modules")]
    [InlineData("--layers 7", "--layers names 7; the base has layers 0 to 1.")]
    [InlineData("--resume --overwrite", "--resume and overwrite contradict each other")]
    [InlineData("--graph on --device cpu", "--graph on needs a GPU")]
    public async Task WrongSetting_IsRefusedByName(string flags, string message)
    {
        _program.Write("text.txt", TinyBase.Text);

        (await _program.BeRefusedAsync(["train", "--base", "tiny", "--data", "text.txt", "--out", "out", .. flags.Split(' ')])).ShouldContain(message);
    }

    [Fact]
    public async Task SeveralWrongSettings_AreRefusedTogether()
    {
        var errors = await _program.BeRefusedAsync("train", "--base", "tiny", "--data", "text.txt", "--out", "out", "--rank", "0", "--steps", "0");

        errors.ShouldContain("--rank must be at least 1; it is 0.");
        errors.ShouldContain("--steps must be at least 1; it is 0.");
    }

    [Theory]
    [InlineData("absent.txt", null, "absent.txt: no such file or folder")]
    [InlineData("empty.txt", "", "empty.txt: the file is empty")]
    [InlineData("blank.txt", " \n\n ", "blank.txt")]
    [InlineData("image.png", "x", "files of the kind \".png\" are not read")]
    [InlineData("broken.jsonl", "{\"text\": \"fine\"}\n{\"text\": ", "broken.jsonl, line 2")]
    [InlineData("other.jsonl", "{\"body\": \"words\"}\n", "other.jsonl, line 1")]
    [InlineData("other.csv", "body,author\nwords,me\n", "other.csv, line 1")]
    public async Task WrongText_IsRefusedWithFileAndLine(string name, string? contents, string message)
    {
        if (contents is not null)
            _program.Write(name, contents);

        (await _program.BeRefusedAsync("train", "--base", "tiny", "--data", name, "--out", "out")).ShouldContain(message);
    }

    [Fact]
    public async Task TextThatIsNotUtf8_IsRefused()
    {
        await File.WriteAllBytesAsync(_program.PathOf("latin1.txt"), Encoding.Latin1.GetBytes("Déjà vu.\n"), TestContext.Current.CancellationToken);

        (await _program.BeRefusedAsync("train", "--base", "tiny", "--data", "latin1.txt", "--out", "out")).ShouldContain("UTF-8");
    }

    [Fact]
    public async Task UnknownBase_ListsTheKnown()
    {
        _program.Write("text.txt", TinyBase.Text);
        var errors = await _program.BeRefusedAsync("train", "--base", "enormous", "--data", "text.txt", "--out", "out");

        errors.ShouldContain("enormous: there is no such base model");
        errors.ShouldContain("Known here: ");
        errors.ShouldContain("tiny");
    }

    [Fact]
    public async Task FolderThatIsNoModel_SaysWhatIsMissing()
    {
        Directory.CreateDirectory(_program.PathOf("stuff"));

        (await _program.BeRefusedAsync("generate", "--base", "./stuff", "--prompt", "x")).ShouldContain("config.json is missing");
    }

    [Fact]
    public async Task OutputThatHoldsSomething_IsKept()
    {
        _program.Write("text.txt", TinyBase.Text);
        Directory.CreateDirectory(_program.PathOf("mine"));
        _program.Write("mine/thesis.txt", "three years of work");
        var errors = await _program.BeRefusedAsync("train", "--base", "tiny", "--data", "text.txt", "--out", "mine");

        errors.ShouldContain("the folder holds something already");
        errors.ShouldContain("--overwrite");
        Directory.EnumerateFileSystemEntries(_program.PathOf("mine")).Count().ShouldBe(1);
    }

    [Fact]
    public async Task ResumeWithoutACheckpoint_SaysSo()
    {
        _program.Write("text.txt", TinyBase.Text);

        (await _program.BeRefusedAsync("train", "--base", "tiny", "--data", "text.txt", "--out", "out", "--resume")).ShouldContain("there is no checkpoint");
    }

    [Fact]
    public async Task TruncatedAdapter_IsRefused()
    {
        TinyBase.WriteAdapter(_program.PathOf("cut"));
        using (var file = File.OpenWrite(_program.PathOf("cut/adapter_model.safetensors")))
            file.SetLength(file.Length - 100);

        (await _program.BeRefusedAsync("generate", "--base", "tiny", "--adapter", "cut", "--prompt", "The lamp")).ShouldContain("cut");
        (await _program.BeRefusedAsync("blend", "--out", "out", "cut=1")).ShouldContain("cut");
        (await _program.BeRefusedAsync("inspect", "cut/adapter_model.safetensors")).ShouldContain("adapter_model.safetensors");
    }

    [Fact]
    public async Task HeaderThatLiesAboutItsLength_IsRefused()
    {
        TinyBase.WriteAdapter(_program.PathOf("lying"));
        var path = _program.PathOf("lying/adapter_model.safetensors");
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue / 2);
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        (await _program.BeRefusedAsync("inspect", "lying")).ShouldContain("adapter_model.safetensors");
    }

    [Theory]
    [InlineData("adapter_model.bin")]
    [InlineData("weights.pt")]
    public async Task Pickle_IsRefusedByName(string name)
    {
        await File.WriteAllBytesAsync(_program.PathOf(name), [0x80, 0x02, 0x7d, 0x71, 0x00, 0x2e], TestContext.Current.CancellationToken);
        var errors = await _program.BeRefusedAsync("inspect", name);

        errors.ShouldContain(name);
        errors.ShouldContain("pickle");
    }

    [Fact]
    public async Task AdapterFolderWithAPickleOnly_IsRefusedByName()
    {
        TinyBase.WriteAdapter(_program.PathOf("old"));
        File.Delete(_program.PathOf("old/adapter_model.safetensors"));
        await File.WriteAllBytesAsync(_program.PathOf("old/adapter_model.bin"), [0x50, 0x4b, 0x03, 0x04], TestContext.Current.CancellationToken);

        (await _program.BeRefusedAsync("generate", "--base", "tiny", "--adapter", "old", "--prompt", "The lamp")).ShouldContain("adapter_model.bin");
    }

    [Theory]
    [InlineData(64, "q_proj", "has another shape in the base model")]
    [InlineData(32, "query", "is no module of the base model")]
    public async Task AdapterForAnotherBase_SaysWhichTensorsDoNotFit(int width, string module, string message)
    {
        TinyBase.WriteAdapter(_program.PathOf("foreign"), width: width, module: module);
        foreach (var arguments in new[] { new[] { "generate", "--prompt", "The lamp" }, ["evaluate", "--data", _program.Write("text.txt", TinyBase.Text)] })
        {
            var errors = await _program.BeRefusedAsync([arguments[0], "--base", "tiny", "--adapter", "foreign", .. arguments[1..]]);
            errors.ShouldContain($"model.layers.0.self_attn.{module}");
            errors.ShouldContain($"model.layers.1.self_attn.{module}");
            errors.ShouldContain(message);
        }
    }

    [Fact]
    public async Task RankOfZeroInAConfig_IsRefused()
    {
        TinyBase.WriteAdapter(_program.PathOf("zero"));
        var path = _program.PathOf($"zero/{PeftConfig.FileName}");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Replace("\"r\": 2", "\"r\": 0", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        (await _program.BeRefusedAsync("inspect", "zero")).ShouldContain("r");
    }

    [Theory]
    [InlineData("--temperature -1", "--temperature must be 0 or more; it is -1.")]
    [InlineData("--top-p 0", "--top-p must be above 0 and at most 1; it is 0.")]
    [InlineData("--max-tokens 0", "--max-tokens must be at least 1; it is 0.")]
    [InlineData("--device cuda:9", "--device cuda:9")]
    [InlineData("--adapter absent", "absent")]
    public async Task WrongGeneration_IsRefused(string flags, string message) =>
        (await _program.BeRefusedAsync(["generate", "--base", "tiny", "--prompt", "The lamp", .. flags.Split(' ')])).ShouldContain(message);

    [Fact]
    public async Task BlendWithoutAdapters_IsRefused() => (await _program.BeRefusedAsync("blend", "--out", "out")).ShouldContain("--adapter must name at least one adapter");

    [Fact]
    public async Task FailureAsJson_IsTheLastLine()
    {
        var result = await _program.RunAsync("train", "--base", "tiny", "--data", "absent.txt", "--out", "out", "--json");

        result.ExitCode.ShouldBe(2);
        result.Output.TrimEnd().Split('\n')[^1].ShouldContain("\"event\":\"failed\"");
    }
}
