using System.Text.Json.Nodes;
using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tests.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Lora;

/// <summary>Base plus adapter as PEFT computes it, for every variant that PEFT writes.</summary>
public sealed class AdapterParityTests
{
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Names => [.. GoldenFiles.Names("adapters")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_EqualPeft(string name)
    {
        using var scope = new TensorScope();
        using var model = Base("adapters", name);
        var golden = GoldenFiles.Path("adapters", name, "logits.safetensors");
        var input = PackedInput.Of(GoldenFiles.Rows(golden, "input_ids"), Device.Cpu);
        var before = model.Logits(input);
        using (var binding = LoraBinding.Bind(model, PeftAdapterFolder.Read(GoldenFiles.Path("adapters", name))))
        {
            var logits = model.Logits(input);
            ModelParityTests.LargestDifference(logits, GoldenFiles.Read(golden, "logits").Reshape(logits.Shape)).ShouldBeLessThan(Tolerance);
            (binding.Coverage.Bound.Count + binding.Coverage.Saved.Count).ShouldBeGreaterThan(0);
        }

        ModelParityTests.LargestDifference(model.Logits(input), before).ShouldBe(0, "unbinding gives the base back");
    }

    public static TheoryData<string> Runs => new(GoldenFiles.Names("training").Where(name => name is not ("full" or "dora")));

    [Theory]
    [MemberData(nameof(Runs))]
    public void FiveSteps_FollowPeft(string name)
    {
        using var scope = new TensorScope();
        using var model = Base("training", name);
        var golden = GoldenFiles.Path("training", name, "steps.safetensors");
        using var binding = LoraBinding.Bind(model, PeftAdapterFolder.Read(GoldenFiles.Path("training", name, "init")), trainable: true);
        var (input, labels, scale) = Batch(golden);
        var expected = GoldenFiles.Read(golden, "losses").ToArray<float>();
        var parameters = binding.Parameters.Select(parameter => parameter.Value).ToArray();
        var (first, second) = (parameters.Select(p => p.ZerosLike()).ToArray(), parameters.Select(p => p.ZerosLike()).ToArray());
        for (var step = 1; step <= 5; step++)
        {
            var loss = model.Loss(input, labels, scale);
            loss.Item().ShouldBe(expected[step - 1], Tolerance);
            model.Backward(loss);
            if (step == 1)
                CompareGradients(binding, golden);
            AdapterHub.Torch.Ops.Fused.AdamW(parameters, [.. parameters.Select(p => p.Grad!)], first, second, 1e-2, 0.9, 0.999, 1e-8, 0, step, 1);
            foreach (var parameter in parameters)
                parameter.Grad = null;
        }

        model.Loss(input, labels, scale).Item().ShouldBe(expected[5], Tolerance);
    }

    [Fact]
    public void CheckpointedActivations_GiveTheSameGradients()
    {
        using var scope = new TensorScope();
        using var model = Base("training", "all-linear-rslora");
        var golden = GoldenFiles.Path("training", "all-linear-rslora", "steps.safetensors");
        using var binding = LoraBinding.Bind(model, PeftAdapterFolder.Read(GoldenFiles.Path("training", "all-linear-rslora", "init")), trainable: true);
        model.CheckpointActivations = true;
        var (input, labels, scale) = Batch(golden);
        model.Backward(model.Loss(input, labels, scale));
        CompareGradients(binding, golden);
    }

    [Fact]
    public void Inject_Fresh_LeavesTheModelAsItsBase()
    {
        using var scope = new TensorScope();
        using var model = Base("adapters", "plain");
        var input = PackedInput.Of([3, 4, 5, 6], Device.Cpu);
        var before = model.Logits(input);
        using var binding = LoraBinding.Inject(model, new PeftConfig { Rank = 4, LoraAlpha = 8, TargetModules = ModuleSelection.AllLinear }, seed: 1);
        ModelParityTests.LargestDifference(model.Logits(input), before).ShouldBeLessThan(1e-5, "B is zero; the products round in another order");
        binding.Coverage.Untouched.ShouldBe(["lm_head"]);
        binding.Parameters.Count.ShouldBe(2 * 7 * model.Config.Layers);
    }

    [Fact]
    public void Inject_UnknownTarget_NamesTheModulesThereAre()
    {
        using var model = Base("adapters", "plain");
        var error = Should.Throw<AdapterFormatException>(() =>
            LoraBinding.Inject(model, new PeftConfig { TargetModules = ModuleSelection.FromNames("c_attn", "q_proj") }, seed: 1));
        error.Message.ShouldContain("c_attn");
        error.Message.ShouldContain("gate_proj");
    }

    [Fact]
    public void Bind_AdapterOfAnotherBase_ListsWhatDoesNotFit()
    {
        using var model = ModelParityTests.Load("qwen3", out _);
        var error = Should.Throw<AdapterFormatException>(() => LoraBinding.Bind(model, PeftAdapterFolder.Read(GoldenFiles.Path("adapters", "plain"))));
        error.Findings.Count.ShouldBeGreaterThan(1);
        error.Message.ShouldContain("q_proj");
    }

    [Fact]
    public void ToAdapter_WrittenAndRead_BindsToTheSameLogits()
    {
        using var scope = new TensorScope();
        using var model = Base("adapters", "patterns");
        var adapter = PeftAdapterFolder.Read(GoldenFiles.Path("adapters", "patterns"));
        var folder = Path.Combine(Directory.CreateTempSubdirectory().FullName, "copy");
        using (var binding = LoraBinding.Bind(model, adapter, trainable: true))
            PeftAdapterFolder.Write(folder, binding.ToAdapter());
        File.ReadAllBytes(Path.Combine(folder, "adapter_model.safetensors"))
            .ShouldBe(File.ReadAllBytes(GoldenFiles.Path("adapters", "patterns", "adapter_model.safetensors")));
    }

    private static CausalModel Base(string kind, string name)
    {
        var cases = JsonNode.Parse(File.ReadAllText(GoldenFiles.Path(kind, "cases.json")))!;
        return ModelParityTests.Load(cases[name]!["base"]!.GetValue<string>(), out _);
    }

    // transformers shifts the labels inside the loss; here they arrive beside the token that predicts them.
    private static (PackedInput Input, Tensor Labels, Tensor Scale) Batch(string golden)
    {
        var labels = GoldenFiles.Rows(golden, "labels").SelectMany(row => row.Skip(1).Append(-100)).Select(label => (long)label).ToArray();
        var count = labels.Count(label => label >= 0);
        return (PackedInput.Of(GoldenFiles.Rows(golden, "input_ids"), Device.Cpu), Tensor.From<long>(labels), Tensor.Full([1], 1.0 / count));
    }

    private static void CompareGradients(LoraBinding binding, string golden)
    {
        foreach (var (name, value) in binding.Parameters)
        {
            var expected = GoldenFiles.Read(golden, $"grad.{name}");
            var size = Math.Max(1, expected.Abs().Max().Item()); // gradients of these random models reach the hundreds
            ModelParityTests.LargestDifference(value.Grad.ShouldNotBeNull(name), expected).ShouldBeLessThan(Tolerance * size, name);
        }
    }
}
