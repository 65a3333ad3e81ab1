using AdapterHub.Engine.Inference;
using AdapterHub.Engine.Models;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Models;

/// <summary>Logits and greedy continuations of transformers on tiny random models of every architecture.</summary>
public sealed class ModelParityTests
{
    /// <summary>Stated by the project: f32 logits of order one after three layers differ by rounding alone.</summary>
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Names => [.. GoldenFiles.Names("models")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_EqualTransformers(string name)
    {
        using var scope = new TensorScope();
        using var model = Load(name, out var golden);
        var documents = GoldenFiles.Rows(golden, "input_ids");
        var logits = model.Logits(PackedInput.Of(documents, Device.Cpu));
        LargestDifference(logits, GoldenFiles.Read(golden, "logits").Reshape(logits.Shape)).ShouldBeLessThan(Tolerance);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_FarIntoAText_EqualTransformers(string name)
    {
        using var scope = new TensorScope();
        using var model = Load(name, out var golden);
        var expected = GoldenFiles.Read(golden, "long_logits");
        var logits = model.Logits(PackedInput.Of(GoldenFiles.Rows(golden, "long_input_ids"), Device.Cpu));
        var count = expected.Size(1);
        LargestDifference(logits.Narrow(0, logits.Size(0) - count, count), expected.Squeeze(0)).ShouldBeLessThan(Tolerance);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void GreedyContinuation_WithCache_EqualsTransformers(string name)
    {
        using var model = Load(name, out var golden);
        var (prompts, expected) = (GoldenFiles.Rows(golden, "input_ids"), GoldenFiles.Rows(golden, "generated"));
        for (var row = 0; row < prompts.Length; row++)
            new TokenGenerator(model).Generate(prompts[row], SamplingOptions.Greedy with { MaxNewTokens = expected[row].Length, IgnoreEnd = true }).ShouldBe(expected[row]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Continue_InPieces_EqualsOnePass(string name)
    {
        using var scope = new TensorScope();
        using var model = Load(name, out var golden);
        var ids = GoldenFiles.Rows(golden, "long_input_ids")[0].AsSpan(0, 90);
        using var cache = new KvCache(model.Config, 1, 128, Device.Cpu, DType.Float32);
        model.Continue(cache, ids[..40]);
        model.Continue(cache, ids[40..89]);
        var last = model.Continue(cache, ids[89..]);
        var whole = model.Logits(PackedInput.Of(ids, Device.Cpu));
        LargestDifference(last, whole.Narrow(0, 89, 1)).ShouldBeLessThan(Tolerance);
    }

    [Fact]
    public void Save_ThenLoad_GivesTheSameLogits()
    {
        using var scope = new TensorScope();
        using var model = Load("llama3-untied", out var golden);
        var folder = Directory.CreateTempSubdirectory().FullName;
        model.Save(folder, DType.Float32, maxShardBytes: 20_000);
        File.Exists(Path.Combine(folder, "model.safetensors.index.json")).ShouldBeTrue();
        using var again = CausalModel.Load(folder, Device.Cpu, DType.Float32);
        var input = PackedInput.Of(GoldenFiles.Rows(golden, "input_ids"), Device.Cpu);
        LargestDifference(again.Logits(input), model.Logits(input)).ShouldBe(0);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Load_InTheFilesOwnType_CopiesNothing()
    {
        EarlierTests.FreeTensors();
        var before = TorchRuntime.CpuMemory.LiveBytes;
        using var model = CausalModel.Load(GoldenFiles.Path("models", "llama-tied"), Device.Cpu, DType.Float32);
        var weights = model.Weights.Sum(weight => weight.Value.ByteCount);
        (TorchRuntime.CpuMemory.LiveBytes - before).ShouldBeLessThan(weights / 2 + 2 * 1024 * 16 * 4, "only the rotary tables are allocated");
    }

    internal static CausalModel Load(string name, out string golden)
    {
        golden = GoldenFiles.Path("models", name, "logits.safetensors");
        return CausalModel.Load(GoldenFiles.Path("models", name), Device.Cpu, DType.Float32);
    }

    internal static double LargestDifference(Tensor actual, Tensor expected) => (actual.To(DType.Float64) - expected.To(DType.Float64)).Abs().Max().Item();
}
