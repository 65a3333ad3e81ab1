using System.Text.Json.Nodes;
using AdapterHub.Engine.Blending;
using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tests.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Blending;

/// <summary>Blends of real PEFT adapters, looked at where it matters: in the changed weights and in the logits of a model.</summary>
public sealed class PeftGoldenTests
{
    private const string Base = "llama3-untied";

    public static TheoryData<string> Cases => [.. GoldenFiles.Names("blends")];

    /// <summary>PEFT pads its factors to the largest ranks, so the changes are compared, not the files; both round to float.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Exact_ChangesTheModelAsPeftsCatDoes(string name)
    {
        var blend = Samples.Run(Parts(name)).Adapter;
        var peft = PeftAdapterFolder.Read(GoldenFiles.Path("blends", name));
        DenseDelta.Of((blend, 1)).ShouldEqual(DenseDelta.Of((peft, 1)), 1e-6);
        blend.Config.TargetModules!.Names.Order(StringComparer.Ordinal).ShouldBe(peft.Config.TargetModules!.Names.Order(StringComparer.Ordinal));
        blend.Config.BaseModelNameOrPath.ShouldBe(peft.Config.BaseModelNameOrPath);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Exact_GivesTheLogitsOfTheSum_AsTransformersComputesThem(string name)
    {
        using var scope = new TensorScope();
        using var model = CausalModel.Load(GoldenFiles.Path("models", Base), Device.Cpu, DType.Float32);
        var golden = GoldenFiles.Path("blends", name, "logits.safetensors");
        using var binding = LoraBinding.Bind(model, Samples.Run(Parts(name)).Adapter);
        var logits = model.Logits(PackedInput.Of(GoldenFiles.Rows(golden, "input_ids"), Device.Cpu));
        ModelParityTests.LargestDifference(logits, GoldenFiles.Read(golden, "exact_logits").Reshape(logits.Shape)).ShouldBeLessThan(1e-4);
    }

    /// <summary>Everything at once: ranks 3 to 6, rsLoRA, patterns, lora_bias, an embedding, the output head, negative weights, through files.</summary>
    [Fact]
    public void Exact_ThroughFiles_GivesTheLogitsOfAModelWithAllChangesMergedInDouble()
    {
        (LoraAdapter, double)[] parts =
        [
            .. new[] { ("plain", 0.7), ("rslora", -0.4), ("patterns", 0.5), ("lora-bias", -1.1), ("embedding", 0.3), ("lm-head", 0.6), ("regex", 0.0) }
                .Select(part => (PeftAdapterFolder.Read(GoldenFiles.Path("adapters", part.Item1)), part.Item2)),
        ];
        using var folder = new BlendTestFolder();
        BlendFolder.Write(folder["mix"], Samples.Run(parts));

        using var scope = new TensorScope();
        using var grad = Grad.Disable();
        var input = PackedInput.Of(GoldenFiles.Rows(GoldenFiles.Path("models", Base, "logits.safetensors"), "input_ids"), Device.Cpu);
        using var merged = CausalModel.Load(GoldenFiles.Path("models", Base), Device.Cpu, DType.Float32);
        var plain = merged.Logits(input);
        Merge(merged, DenseDelta.Of(parts));
        var expected = merged.Logits(input);

        using var model = CausalModel.Load(GoldenFiles.Path("models", Base), Device.Cpu, DType.Float32);
        using var binding = LoraBinding.Bind(model, PeftAdapterFolder.Read(folder["mix"]));
        var logits = model.Logits(input);
        ModelParityTests.LargestDifference(logits, expected).ShouldBeLessThan(1e-4);
        ModelParityTests.LargestDifference(plain, expected).ShouldBeGreaterThan(0.1, "the adapters must change something");
    }

    /// <summary>Every method at full rank, on adapters of different ranks and targets with rsLoRA, patterns, lora_bias and the output head.</summary>
    [Theory]
    [InlineData(BlendMethod.TaskArithmetic)]
    [InlineData(BlendMethod.Ties)]
    [InlineData(BlendMethod.MagnitudePrune)]
    [InlineData(BlendMethod.Slerp)]
    public void Methods_GiveTheLogitsOfAModelWithTheirChangeMergedInDouble(BlendMethod method)
    {
        var names = method == BlendMethod.Slerp ? new[] { "patterns", "lora-bias" } : ["plain", "rslora", "patterns", "lora-bias", "lm-head"];
        var recipe = Samples.Recipe([.. names.Select((name, place) => (PeftAdapterFolder.Read(GoldenFiles.Path("adapters", name)), 0.6 - (method == BlendMethod.Slerp ? 0.1 : 0.25) * place))]) with
        {
            Method = method,
            Rank = 512,
            Density = method.Prunes() ? 0.4 : null,
        };
        using var scope = new TensorScope();
        using var grad = Grad.Disable();
        var input = PackedInput.Of(GoldenFiles.Rows(GoldenFiles.Path("models", Base, "logits.safetensors"), "input_ids"), Device.Cpu);
        using var merged = CausalModel.Load(GoldenFiles.Path("models", Base), Device.Cpu, DType.Float32);
        var plain = merged.Logits(input);
        Merge(merged, ReferenceBlend.Of(recipe));
        var expected = merged.Logits(input);

        using var model = CausalModel.Load(GoldenFiles.Path("models", Base), Device.Cpu, DType.Float32);
        using var binding = LoraBinding.Bind(model, Samples.Run(recipe).Adapter);
        ModelParityTests.LargestDifference(model.Logits(input), expected).ShouldBeLessThan(2e-4);
        ModelParityTests.LargestDifference(plain, expected).ShouldBeGreaterThan(0.05, "the adapters must change something");
    }

    private static void Merge(CausalModel model, DenseDelta delta)
    {
        foreach (var name in delta.Names)
        {
            var (path, leaf) = (name[..name.LastIndexOf('.')], name[(name.LastIndexOf('.') + 1)..]);
            if (leaf == "weight" && model.Embeddings.TryGetValue(path, out var table))
                table.Weight = Sum(table.Weight, delta[name]);
            else if (leaf == "weight")
                model.Linears[path].Weight = Sum(model.Linears[path].Weight, delta[name]);
            else
                model.Linears[path].Bias = Sum(model.Linears[path].Bias ?? Tensor.Zeros([delta[name].Length]), delta[name]);
        }

        static Tensor Sum(Tensor weight, double[] change) => (weight.To(DType.Float64) + Tensor.From<double>(change).Reshape(weight.Shape)).To(DType.Float32);
    }

    private static (LoraAdapter, double)[] Parts(string name)
    {
        var cases = JsonNode.Parse(File.ReadAllText(GoldenFiles.Path("blends", "cases.json")))!;
        cases[name]!["base"]!.GetValue<string>().ShouldBe(Base);
        return [.. cases[name]!["parts"]!.AsArray().Select(part =>
            (PeftAdapterFolder.Read(GoldenFiles.Path("adapters", part![0]!.GetValue<string>())), part[1]!.GetValue<double>()))];
    }
}
