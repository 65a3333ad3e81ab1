using AdapterHub.Formats;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Inspection.Uploads;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Tests.Formats.Inspection;

public sealed class AdapterUploadTests : IDisposable
{
    private static readonly UploadOptions OnInkwell = new() { Base = new BaseModelChoice("inkwell", InspectionFiles.Inkwell) };
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public static TheoryData<string> SeedAdapters { get; } = [.. InspectionFiles.SeedAdapters];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(SeedAdapters))]
    public void SeedAdapter_HasNothingToMend(string name)
    {
        var report = UploadInspection.Inspect(UploadKind.Adapter, InspectionFiles.Folder(InspectionFiles.SeedAdapter(name)), OnInkwell, TestContext.Current.CancellationToken);
        report.Findings.ShouldBeEmpty();
        report.Coverage!.Verdict.ShouldBe(CoverageVerdict.All);
        AdapterFacts.Of(report.Adapter!).Modules.ShouldBe(56);
    }

    [Fact]
    public void AdapterForAnotherBase_IsRefused_AndTheRightBaseNamed()
    {
        var other = InspectionFiles.Map("llama", "LlamaForCausalLM", ("model.layers.0.self_attn.q_proj.weight", [2048, 2048]));
        var options = new UploadOptions
        {
            Base = new BaseModelChoice("big-llama", other),
            OtherBases = () => [new BaseModelChoice("big-llama", other), new BaseModelChoice("inkwell", InspectionFiles.Inkwell)],
        };
        var report = UploadInspection.Inspect(UploadKind.Adapter, InspectionFiles.Folder(InspectionFiles.SeedAdapter("king-james")), options);
        var refused = Refused(report).ShouldHaveSingleItem();
        refused.File.ShouldBe(PeftAdapterFolder.TensorFileName);
        refused.Problem.ShouldContain("big-llama");
        refused.Advice.ShouldBe("It fits inkwell: choose that as its base.");
        report.Findings.ShouldContain(finding => finding.Severity == FindingSeverity.Note && finding.Subject == "model.layers.1.mlp.down_proj and 6 more down_proj"
            || finding.Subject == "model.layers.0.mlp.down_proj and 7 more down_proj");
    }

    [Fact]
    public void WrongBaseWithoutABetterOne_AdvisesWhatTheConfigNames()
    {
        var files = Adapter("""{"peft_type":"LORA","target_modules":["q_proj"],"base_model_name_or_path":"meta/Large"}""", ("base_model.model.model.layers.0.self_attn.q_proj", 8, 64, 64));
        Refused(Inspect(files)).ShouldHaveSingleItem().Advice.ShouldContain("meta/Large");
    }

    [Fact]
    public void PartlyFittingAdapter_IsWarnedOf()
    {
        var report = Inspect(Adapter(
            """{"peft_type":"LORA","target_modules":["down_proj"],"base_model_name_or_path":"inkwell"}""",
            ("base_model.model.model.layers.0.mlp.down_proj", 8, 832, 288), ("base_model.model.model.layers.9.mlp.down_proj", 8, 832, 288)));
        report.IsRefused.ShouldBeFalse();
        report.Findings.Count(finding => finding.Severity == FindingSeverity.Warning).ShouldBe(2);
        report.Findings[1].Subject.ShouldBe("model.layers.9.mlp.down_proj");
    }

    [Fact]
    public void EverythingWrong_IsSaidAtOnce()
    {
        var config = """{"peft_type":"LORA","r":4,"target_modules":["down_proj"]}""";
        var files = Adapter(config, ("base_model.model.model.layers.0.mlp.down_proj", 8, 832, 288), ("base_model.model.model.layers.0.mlp.up_proj", 4, 288, 832));
        files.Add(InspectionFiles.File(_folder, "training_args.bin", [0x80, 2, (byte)'}', (byte)'.']));
        files.Add(InspectionFiles.File(_folder, "../evil.txt", "x"));
        var report = Inspect(files);
        Refused(report).Select(finding => (finding.File, finding.Subject)).ShouldBe(
        [
            ("adapter_model.safetensors", "model.layers.0.mlp.down_proj"), ("adapter_model.safetensors", "model.layers.0.mlp.up_proj"),
            ("training_args.bin", null), ("../evil.txt", null),
        ], ignoreOrder: true);
        report.Findings.Single(finding => finding.File == "training_args.bin").Advice.ShouldContain("leave it out");
    }

    [Theory]
    [InlineData(SafetensorsDtype.F32)]
    [InlineData(SafetensorsDtype.F16)]
    [InlineData(SafetensorsDtype.BF16)]
    [InlineData(SafetensorsDtype.F64)]
    public void NaN_IsRefusedByTensor(SafetensorsDtype dtype)
    {
        var values = new float[8 * 832];
        (values[^1], values[17]) = (float.NaN, float.NegativeInfinity);
        Write(
            ("base_model.model.model.layers.0.mlp.down_proj.lora_A.weight", AdapterTensor.FromSingles(values, [8, 832], dtype)),
            ("base_model.model.model.layers.0.mlp.down_proj.lora_B.weight", PeftAdapters.Tensor(288, 8)));
        var refused = Refused(Inspect([Config("""{"peft_type":"LORA","target_modules":["down_proj"]}"""), Tensors()])).ShouldHaveSingleItem();
        (refused.Subject, refused.Found).ShouldBe(("base_model.model.model.layers.0.mlp.down_proj.lora_A.weight", "2 of 6656"));
        Inspect([Config("""{"peft_type":"LORA","target_modules":["down_proj"]}"""), Tensors() with { IsKnown = true }]).IsRefused.ShouldBeFalse();
    }

    [Fact]
    public void UntrainedAdapter_IsWarnedOf()
    {
        Write(
            ("base_model.model.model.layers.0.mlp.down_proj.lora_A.weight", PeftAdapters.Tensor(8, 832)),
            ("base_model.model.model.layers.0.mlp.down_proj.lora_B.weight", AdapterTensor.FromSingles(new float[288 * 8], [288, 8])));
        Inspect([Config("""{"peft_type":"LORA","target_modules":["down_proj"],"base_model_name_or_path":"inkwell"}"""), Tensors()])
            .Findings.ShouldHaveSingleItem().Problem.ShouldContain("changes nothing");
    }

    [Fact]
    public void MissingFiles_AreNamed_AndFoundDeeper()
    {
        Refused(Inspect([InspectionFiles.File(_folder, "README.md", "# x")])).Select(finding => finding.Problem)
            .ShouldBe(["adapter_config.json is missing", "adapter_model.safetensors is missing"]);
        var deeper = InspectionFiles.Folder(InspectionFiles.SeedAdapter("king-james")).ConvertAll(file => file with { Path = $"mine/{file.Path}" });
        Refused(Inspect(deeper)).ShouldAllBe(finding => finding.Problem.Contains("not at the top", StringComparison.Ordinal) && finding.Found!.StartsWith("mine/", StringComparison.Ordinal));
    }

    [Fact]
    public void PickledAdapter_IsToldHowToConvert() =>
        Refused(Inspect([Config("""{"peft_type":"LORA","target_modules":["q_proj"]}"""), InspectionFiles.File(_folder, "adapter_model.bin", "PK\u0003\u0004 and more")]))
            .ShouldContain(finding => finding.File == null && finding.Advice.Contains("safe_serialization", StringComparison.Ordinal));

    [Fact]
    public void KohyaNames_AreRecognised()
    {
        Write(("lora_unet_down.lora_down.weight", PeftAdapters.Tensor(2, 4)), ("lora_unet_down.lora_up.weight", PeftAdapters.Tensor(4, 2)));
        Refused(Inspect([Config("""{"peft_type":"LORA","target_modules":["q_proj"]}"""), Tensors()])).ShouldAllBe(finding => finding.Advice.Contains("kohya", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/home/someone/llama")]
    [InlineData("C:\\models\\llama")]
    [InlineData("./llama")]
    public void BaseOnSomebodysMachine_IsWarnedOf(string path)
    {
        var config = $$"""{"peft_type":"LORA","target_modules":["down_proj"],"base_model_name_or_path":{{System.Text.Json.JsonSerializer.Serialize(path)}}}""";
        Inspect(Adapter(config, ("base_model.model.model.layers.0.mlp.down_proj", 8, 832, 288))).Findings.ShouldHaveSingleItem().Found.ShouldBe(path);
    }

    [Fact]
    public void ChangedStart_IsWarnedOf()
    {
        var config = """{"peft_type":"LORA","target_modules":["down_proj"],"init_lora_weights":"pissa","base_model_name_or_path":"inkwell","new_key":1}""";
        Inspect(Adapter(config, ("base_model.model.model.layers.0.mlp.down_proj", 8, 832, 288))).Findings.Select(finding => finding.Severity)
            .ShouldBe([FindingSeverity.Warning, FindingSeverity.Note]);
    }

    [Fact]
    public void CallersFindings_JoinTheRest()
    {
        var licence = new InspectionFinding(FindingSeverity.Refused, "README.md", "license", "there is no licence", null, null, "Choose one.");
        var report = UploadInspection.Inspect(
            UploadKind.Adapter, InspectionFiles.Folder(InspectionFiles.SeedAdapter("king-james")), OnInkwell with { AlsoJudge = files => files.Count == 4 ? [licence] : [] });
        report.Findings.ShouldBe([licence]);
    }

    [Fact]
    public void ThousandBadTensors_AreCountedNotListed()
    {
        var bad = AdapterTensor.FromSingles([float.NaN], [1, 1]);
        Write([.. Enumerable.Range(0, 1000).SelectMany(i => new[] { ($"base_model.model.m{i}.lora_A.weight", bad), ($"base_model.model.m{i}.lora_B.weight", bad) })]);
        var report = Inspect([Config("""{"peft_type":"LORA","r":1,"target_modules":["m"]}"""), Tensors()]);
        report.Findings.Count.ShouldBeLessThan(100);
        report.Findings.ShouldContain(finding => finding.Problem.Contains("1980 more tensors", StringComparison.Ordinal));
    }

    private static UploadReport Inspect(IReadOnlyList<UploadFile> files) => UploadInspection.Inspect(UploadKind.Adapter, files, OnInkwell);

    private static List<InspectionFinding> Refused(UploadReport report) => [.. report.Findings.Where(finding => finding.Severity == FindingSeverity.Refused)];

    private List<UploadFile> Adapter(string config, params (string Module, int Rank, int Inputs, int Outputs)[] modules)
    {
        Write([.. modules.SelectMany(module => new[]
        {
            ($"{module.Module}.lora_A.weight", PeftAdapters.Tensor(module.Rank, module.Inputs)),
            ($"{module.Module}.lora_B.weight", PeftAdapters.Tensor(module.Outputs, module.Rank)),
        })]);
        return [Config(config), Tensors()];
    }

    private void Write(params (string Key, AdapterTensor Tensor)[] tensors) => SafetensorsWriter.Write(
        _folder["tensors"], new Dictionary<string, string> { ["format"] = "pt" }, [.. tensors.Select(tensor => SafetensorsSource.FromTensor(tensor.Key, tensor.Tensor))]);

    private UploadFile Config(string json) => InspectionFiles.File(_folder, PeftConfig.FileName, json);

    private UploadFile Tensors() => new(PeftAdapterFolder.TensorFileName, _folder["tensors"], new FileInfo(_folder["tensors"]).Length);
}
