using System.Text.Json;
using AdapterHub.Formats;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Tests.Formats.Inspection;

public sealed class AdapterCoverageTests
{
    public static TheoryData<string, string> GoldenAdapters { get; } = [.. ReadCases()];

    public static TheoryData<string> SeedAdapters { get; } = [.. InspectionFiles.SeedAdapters];

    [Theory]
    [MemberData(nameof(GoldenAdapters))]
    public void AdapterOfPeft_BindsToTheBaseItWasTrainedOn(string adapter, string model)
    {
        var map = BaseTensorMap.Read(Path.Combine(InspectionFiles.Golden, "models", model));
        var coverage = AdapterCoverage.Of(Read(Path.Combine(InspectionFiles.Golden, "adapters", adapter)), map);
        coverage.Misfits.ShouldBeEmpty();
        coverage.Added.ShouldBeEmpty();
        coverage.Verdict.ShouldBe(CoverageVerdict.All);
    }

    [Theory]
    [MemberData(nameof(SeedAdapters))]
    public void SeedAdapter_ReachesEveryLayerOfInkwell(string name)
    {
        var coverage = AdapterCoverage.Of(Read(InspectionFiles.SeedAdapter(name)), InspectionFiles.Inkwell);
        coverage.Verdict.ShouldBe(CoverageVerdict.All);
        (coverage.Bound.Count, coverage.Share, coverage.Untouched.Count, coverage.PrefixShift).ShouldBe((56, 1.0, 0, null));
    }

    [Fact]
    public void AdapterOfAnotherWidth_BindsNowhere_AndSaysBothSizes()
    {
        var coverage = AdapterCoverage.Of(InspectionFiles.Adapter(InspectionFiles.Module("model.layers.0.mlp.down_proj", 8192, 2048)), InspectionFiles.Inkwell);
        coverage.Verdict.ShouldBe(CoverageVerdict.None);
        coverage.Unbound.ShouldHaveSingleItem().ShouldBe(new CoverageMisfit(
            "model.layers.0.mlp.down_proj", MisfitReason.OtherShape, "has another shape in the base model", "832 in, 288 out", "8192 in, 2048 out"));
    }

    [Fact]
    public void HalfFittingAdapter_SaysWhichHalf()
    {
        var coverage = AdapterCoverage.Of(
            InspectionFiles.Adapter(InspectionFiles.Module("model.layers.0.mlp.down_proj", 832, 288), InspectionFiles.Module("model.layers.8.mlp.down_proj", 832, 288)),
            InspectionFiles.Inkwell);
        coverage.Verdict.ShouldBe(CoverageVerdict.Some);
        coverage.Bound.ShouldBe(["model.layers.0.mlp.down_proj"]);
        coverage.Unbound.ShouldHaveSingleItem().Reason.ShouldBe(MisfitReason.NoSuchModule);
        coverage.Untouched.Count.ShouldBe(55);
        coverage.Share.ShouldBe(1.0 / 56, 1e-12);
    }

    [Fact]
    public void LinearFactorsOnAnEmbedding_AreAnotherKind() =>
        Check("model.embed_tokens", 288, 8192, LoraModuleKind.Linear).Unbound.ShouldHaveSingleItem().Reason.ShouldBe(MisfitReason.OtherKind);

    [Fact]
    public void EmbeddingFactors_TakeRowsAndGiveWidth()
    {
        Check("model.embed_tokens", 8192, 288, LoraModuleKind.Embedding).Verdict.ShouldBe(CoverageVerdict.All);
        Check("model.embed_tokens", 288, 8192, LoraModuleKind.Embedding).Verdict.ShouldBe(CoverageVerdict.None);
    }

    [Fact]
    public void TiedHead_IsAModule() => Check("lm_head", 288, 8192, LoraModuleKind.Linear).Verdict.ShouldBe(CoverageVerdict.All);

    [Fact]
    public void Convolution_ComparesKernelsToo()
    {
        var map = InspectionFiles.Map(null, null, ("conv_in.weight", [8, 4, 3, 3]));
        AdapterCoverage.Of(InspectionFiles.Adapter(Conv(4, 3)), map).Verdict.ShouldBe(CoverageVerdict.All);
        var other = AdapterCoverage.Of(InspectionFiles.Adapter(Conv(4, 1)), map);
        other.Unbound.ShouldHaveSingleItem().Expected.ShouldBe("[8, 4, 3, 3]");
        other.Unbound[0].Found.ShouldBe("[8, 4, 1, 1]");
    }

    [Fact]
    public void Gpt2_BindsThroughItsPrefixAndItsTransposedLayers()
    {
        var map = InspectionFiles.Map("gpt2", "GPT2LMHeadModel", ("h.0.attn.c_attn.weight", [8, 24]), ("h.0.attn.c_proj.weight", [8, 8]), ("wte.weight", [50, 8]));
        var coverage = AdapterCoverage.Of(InspectionFiles.Adapter(InspectionFiles.Module("transformer.h.0.attn.c_attn", 8, 24) with { FanInFanOut = true }), map);
        coverage.Verdict.ShouldBe(CoverageVerdict.All);
        coverage.PrefixShift.ShouldBe("-transformer");
        coverage.Untouched.ShouldBe(["h.0.attn.c_proj"]);
        // PEFT corrects a fan_in_fan_out that does not suit the layer.
        AdapterCoverage.Of(InspectionFiles.Adapter(InspectionFiles.Module("transformer.h.0.attn.c_attn", 8, 24)), map).Verdict.ShouldBe(CoverageVerdict.All);
        AdapterCoverage.Of(InspectionFiles.Adapter(InspectionFiles.Module("transformer.h.0.attn.c_attn", 24, 8)), map).Verdict.ShouldBe(CoverageVerdict.None);
    }

    [Fact]
    public void BareModel_BindsToACheckpointWithItsPrefix()
    {
        var coverage = AdapterCoverage.Of(InspectionFiles.Adapter(InspectionFiles.Module("layers.0.mlp.down_proj", 832, 288)), InspectionFiles.Inkwell);
        coverage.Verdict.ShouldBe(CoverageVerdict.All);
        coverage.PrefixShift.ShouldBe("+model");
    }

    [Fact]
    public void WholeTensors_ReplaceAddOrHaveAnotherShape()
    {
        var adapter = InspectionFiles.Adapter(InspectionFiles.Module("model.layers.0.mlp.down_proj", 832, 288)) with
        {
            SavedModules = new Dictionary<string, TensorOutline>
            {
                ["model.norm.weight"] = new(SafetensorsDtype.F32, [288]),
                ["score.weight"] = new(SafetensorsDtype.F32, [2, 288]),
                ["model.embed_tokens.base_layer.weight"] = new(SafetensorsDtype.F32, [8193, 288]),
                ["lm_head.weight"] = new(SafetensorsDtype.F32, [8192, 288]),
            },
        };
        var coverage = AdapterCoverage.Of(adapter, InspectionFiles.Inkwell);
        coverage.Replaced.ShouldBe(["lm_head.weight", "model.norm.weight"]);
        coverage.Added.ShouldBe(["score.weight"]);
        coverage.Reshaped.ShouldHaveSingleItem().Path.ShouldBe("model.embed_tokens.base_layer.weight");
        coverage.Verdict.ShouldBe(CoverageVerdict.Some);
    }

    [Theory]
    [InlineData("[1, 5]", 2, CoverageVerdict.All)]
    [InlineData("[1, 5]", 3, CoverageVerdict.None)]
    [InlineData("[1, 8192]", 2, CoverageVerdict.None)]
    [InlineData("""{"embed_tokens": [1, 5]}""", 2, CoverageVerdict.All)]
    [InlineData("""{"embed_tokens": "all"}""", 2, CoverageVerdict.None)]
    public void TokenRows_AreCountedAndWithinTheTable(string indices, long rows, CoverageVerdict verdict)
    {
        var adapter = InspectionFiles.Adapter() with
        {
            Config = PeftConfig.Parse($$"""{"peft_type":"LORA","target_modules":[],"trainable_token_indices":{{indices}}}"""),
            SavedModules = new Dictionary<string, TensorOutline> { ["model.embed_tokens.token_adapter.trainable_tokens_delta"] = new(SafetensorsDtype.F32, [rows, 288]) },
        };
        AdapterCoverage.Of(adapter, InspectionFiles.Inkwell).Verdict.ShouldBe(verdict);
    }

    [Fact]
    public void EmptyAdapter_BindsNothing() => AdapterCoverage.Of(InspectionFiles.Adapter(), InspectionFiles.Inkwell).Verdict.ShouldBe(CoverageVerdict.None);

    private static AdapterCoverage Check(string path, long inputs, long outputs, LoraModuleKind kind) =>
        AdapterCoverage.Of(InspectionFiles.Adapter(InspectionFiles.Module(path, inputs, outputs, kind)), InspectionFiles.Inkwell);

    private static ModuleOutline Conv(long channels, long kernel) => InspectionFiles.Module("conv_in", 1, 1, LoraModuleKind.Conv2d) with
    {
        A = new TensorOutline(SafetensorsDtype.F32, [4, channels, kernel, kernel]),
        B = new TensorOutline(SafetensorsDtype.F32, [8, 4, 1, 1]),
    };

    private static AdapterOutline Read(string folder) => AdapterOutline.Read(Path.Combine(folder, PeftConfig.FileName), Path.Combine(folder, PeftAdapterFolder.TensorFileName));

    private static IEnumerable<TheoryDataRow<string, string>> ReadCases()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(InspectionFiles.Golden, "adapters", "cases.json")));
        return [.. cases.RootElement.EnumerateObject().Select(entry => new TheoryDataRow<string, string>(entry.Name, entry.Value.GetProperty("base").GetString()!))];
    }
}
