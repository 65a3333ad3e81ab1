using System.Text.Json;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Tests.Protocol;

public sealed class RunSpecTests
{
    private static readonly TrainSpec Train = new() { Base = "inkwell", Output = "out", Data = new TextSource { Files = ["a.txt"] } };

    public static TheoryData<string, RunSpec> Wrong => new()
    {
        { "base", Train with { Base = " " } },
        { "output", Train with { Output = "" } },
        { "device", Train with { Device = "cuda:x" } },
        { "data.files", Train with { Data = new TextSource { Files = [] } } },
        { "data.evaluationFraction", Train with { Data = new TextSource { Files = ["a"], EvaluationFraction = 0.6 } } },
        { "data.evaluationFraction", Train with { Data = new TextSource { Files = ["a"], EvaluationFraction = 0.1, EvaluationFiles = ["b"] } } },
        { "data.csvDelimiter", Train with { Data = new TextSource { Files = ["a"], CsvDelimiter = "||" } } },
        { "lora.rank", Train with { Lora = new LoraSettings { Rank = 0 } } },
        { "lora.alpha", Train with { Lora = new LoraSettings { Alpha = double.NaN } } },
        { "lora.targets", Train with { Lora = new LoraSettings { Targets = [] } } },
        { "loop.steps", Train with { Loop = new LoopSettings { Steps = 0 } } },
        { "loop.learningRate", Train with { Loop = new LoopSettings { LearningRate = -1 } } },
        { "loop.learningRate", Train with { Loop = new LoopSettings { LearningRate = double.PositiveInfinity } } },
        { "loop.schedule", Train with { Loop = new LoopSettings { Schedule = "zigzag" } } },
        { "loop.floor", Train with { Loop = new LoopSettings { Floor = 2 } } },
        { "resume", Train with { Resume = true, Overwrite = true } },
        { "tokenizer", new PretrainSpec { Config = "inkwell", Tokenizer = "", Output = "out", Data = Train.Data } },
        { "adapters", new BlendSpec { Output = "out" } },
        { "adapters", new BlendSpec { Output = "out", Adapters = [new WeightedAdapter("a", double.NaN)] } },
        { "recipe", new BlendSpec { Output = "out", Recipe = "mix", Rank = 4 } },
        { "recipe", new BlendSpec { Output = "out", Recipe = "mix", Scale = 2 } },
        { "method", new BlendSpec { Output = "out", Adapters = [new WeightedAdapter("a")], Method = "magic" } },
        { "rank", new BlendSpec { Output = "out", Adapters = [new WeightedAdapter("a")], Method = "low-rank" } },
        { "rank", new BlendSpec { Output = "out", Adapters = [new WeightedAdapter("a")], Method = "peft-linear", Rank = 4 } },
        { "density", new BlendSpec { Output = "out", Adapters = [new WeightedAdapter("a")], Density = 0.5 } },
        { "density", new BlendSpec { Output = "out", Adapters = [new WeightedAdapter("a")], Method = "ties", Density = 1.5 } },
        { "majoritySign", new BlendSpec { Output = "out", Adapters = [new WeightedAdapter("a")], Method = "ties", MajoritySign = "loudest" } },
        { "scale", new BlendSpec { Output = "out", Adapters = [new WeightedAdapter("a")], Scale = 0 } },
        { "adapters", new BlendSpec { Output = "out", Adapters = [new WeightedAdapter("a") { Layers = [new LayerWeight("mlp", double.NaN)] }] } },
        { "savedModulesFrom", new BlendSpec { Output = "out", Adapters = [new WeightedAdapter("a")], SavedModulesFrom = 2 } },
        { "batchSize", new EvaluateSpec { Base = "inkwell", Data = Train.Data, BatchSize = 0 } },
    };

    public static TheoryData<RunSpec> Good =>
    [
        Train,
        Train with { Name = "Mine", Device = "CUDA:1", Lora = new LoraSettings { Rank = 4, Layers = [0, 3], Targets = ["q_proj"] }, Loop = new LoopSettings { Steps = 5, Samples = ["Once"] } },
        new PretrainSpec { Config = "inkwell", Tokenizer = "tokenizer.json", Output = "out", Data = Train.Data },
        new EvaluateSpec { Base = "inkwell", Data = Train.Data, Adapters = [new WeightedAdapter("a", -0.5)] },
        new BlendSpec { Output = "out", Adapters = [new WeightedAdapter("a", 0.7), new WeightedAdapter("b")], Rank = 8 },
        new BlendSpec
        {
            Output = "out", Adapters = [new WeightedAdapter("a", 0.7) { Layers = [new LayerWeight("layers.0-3", 0.1)] }], Method = "dare-ties", Density = 0.3, MajoritySign = "frequency", Seed = 7,
            Scale = 0.4, Base = "inkwell",
        },
    ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void SettingThatCannotBe_IsFoundByItsPath(string setting, RunSpec spec) =>
        RunSpecRules.Check(spec).Select(finding => finding.Setting).ShouldBe([setting]);

    [Theory]
    [MemberData(nameof(Good))]
    public void GoodSpec_HasNoFindingsAndSurvivesJson(RunSpec spec)
    {
        RunSpecRules.Check(spec).ShouldBeEmpty();
        var json = JsonSerializer.Serialize(spec, ProtocolJson.Default.RunSpec);

        var back = JsonSerializer.Deserialize(json, ProtocolJson.Default.RunSpec)!;
        back.GetType().ShouldBe(spec.GetType());
        JsonSerializer.Serialize(back, ProtocolJson.Default.RunSpec).ShouldBe(json);
    }

    [Fact]
    public void Json_NamesTheKindAndTakesItAnywhere()
    {
        JsonSerializer.Serialize<RunSpec>(Train, ProtocolJson.Default.RunSpec).ShouldStartWith("{\"kind\":\"train\"");
        JsonSerializer.Deserialize("""{"output":"mix","adapters":[{"path":"a","weight":0.5}],"kind":"blend"}""", ProtocolJson.Default.RunSpec)
            .ShouldBeOfType<BlendSpec>().Adapters.ShouldBe([new WeightedAdapter("a", 0.5)]);
    }

    /// <summary>A setting that the JSON leaves out has the program's default, in nested settings too.</summary>
    [Fact]
    public void JsonOfTheNecessary_TakesTheDefaults()
    {
        ShouldRead("""{"kind":"train","base":"inkwell","output":"out","data":{"files":["a.txt"]},"lora":{},"loop":{}}""", Train);
        ShouldRead("""{"kind":"pretrain","config":"c","tokenizer":"t","output":"out","data":{"files":["a.txt"]}}""", new PretrainSpec { Config = "c", Tokenizer = "t", Output = "out", Data = Train.Data });
        ShouldRead("""{"kind":"evaluate","base":"inkwell","data":{"files":["a.txt"]}}""", new EvaluateSpec { Base = "inkwell", Data = Train.Data });
        ShouldRead("""{"kind":"blend","output":"out","adapters":[{"path":"a"}]}""", new BlendSpec { Output = "out", Adapters = [new WeightedAdapter("a")] });

        static void ShouldRead(string json, RunSpec expected) =>
            JsonSerializer.Serialize(JsonSerializer.Deserialize(json, ProtocolJson.Default.RunSpec)!, ProtocolJson.Default.RunSpec)
                .ShouldBe(JsonSerializer.Serialize(expected, ProtocolJson.Default.RunSpec));
    }

    [Theory]
    [InlineData("""{"kind":"train","base":"x","output":"y","data":{"files":["a"]},"rnak":4}""")]
    [InlineData("""{"kind":"destroy","output":"y"}""")]
    [InlineData("""{"kind":"train","base":"x"}""")]
    public void UnknownOrMissingMember_IsRefused(string json) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(json, ProtocolJson.Default.RunSpec));

    [Fact]
    public void EventWithANumberThatIsNone_SurvivesJson()
    {
        RunEvent step = new StepTaken(3, 10, double.NaN, 1e-3, double.PositiveInfinity, 4096, 1000, null) { Number = 7, At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) };

        var json = JsonSerializer.Serialize(step, ProtocolJson.Default.RunEvent);
        json.ShouldStartWith("{\"event\":\"step\"");
        JsonSerializer.Deserialize(json, ProtocolJson.Default.RunEvent).ShouldBe(step);
    }

    [Theory]
    [InlineData("q_proj", false)]
    [InlineData("model.layers.0.mlp.up_proj", false)]
    [InlineData(".*(q|v)_proj", true)]
    public void TargetEntry_IsAPatternWhenNoModuleIsCalledThat(string entry, bool isPattern) => LoraSettings.IsPattern(entry).ShouldBe(isPattern);
}
