using AdapterHub.Engine.Blending;
using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tests.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Blending;

/// <summary>Merges that huggingface/peft got wrong, by the numbers of its issues: here they are right, at the logits of a model and through files.</summary>
public sealed class PeftBugTests
{
    private const string Base = "llama3-untied";

    /// <summary>Rounding of f32 through three layers, far below the 0.4 and more of the issues.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>Issue 3761: one adapter with weight 1.0 has to give back that adapter; PEFT's logits are off by 0.42 (rsLoRA), 1.0 (lora_bias) and 0.42 (DoRA).</summary>
    [Theory]
    [InlineData("rslora")]
    [InlineData("patterns-rslora")]
    [InlineData("lora-bias")]
    [InlineData("dora")]
    [InlineData("plain")]
    [InlineData("embedding")]
    public void Issue3761_IdentityMerge_GivesTheAdaptersLogits(string name)
    {
        var parent = PeftAdapterFolder.Read(GoldenFiles.Path("adapters", name));
        Difference(name, parent, Samples.Run((parent, 1)).Adapter).ShouldBeLessThan(Tolerance);
    }

    /// <summary>The same for DoRA by way of its true difference: at full rank nothing is lost, at the adapter's own rank what the report says.</summary>
    [Theory]
    [InlineData("dora")]
    [InlineData("dora-all-linear")]
    public void Issue3761_DoraAsItsTrueDifference_GivesTheAdaptersLogits(string name)
    {
        var parent = PeftAdapterFolder.Read(GoldenFiles.Path("adapters", name));
        using var weights = BaseWeights.Open(GoldenFiles.Path("models", BaseOf(name)));
        var recipe = Samples.Recipe((parent, 1)) with { Method = BlendMethod.LowRank, Rank = 512, BaseModel = new BlendBaseModel { Name = Base } };
        var whole = Blend.Run(recipe, baseModel: weights).ShouldBeOfType<BlendResult.Done>();
        whole.Adapter.Modules.ShouldAllBe(module => module.Magnitude == null);
        Difference(name, parent, whole.Adapter).ShouldBeLessThan(Tolerance);

        var cut = Blend.Run(recipe with { Rank = 4 }, baseModel: weights).ShouldBeOfType<BlendResult.Done>();
        cut.Report.IsExact.ShouldBeFalse();
        Difference(name, parent, cut.Adapter).ShouldBeGreaterThan(Tolerance);
    }

    /// <summary>Issue 3737: element-wise merges of adapters with a rank_pattern could not be loaded again, for the config forgot the ranks.</summary>
    [Theory]
    [InlineData(BlendMethod.PeftLinear)]
    [InlineData(BlendMethod.Ties)]
    [InlineData(BlendMethod.DareLinear)]
    [InlineData(BlendMethod.DareTies)]
    [InlineData(BlendMethod.MagnitudePrune)]
    [InlineData(BlendMethod.KnotsTies)]
    [InlineData(BlendMethod.Slerp)]
    [InlineData(BlendMethod.Exact)]
    public void Issue3737_MergedRankPatterns_LoadAgain(BlendMethod method)
    {
        var parent = PeftAdapterFolder.Read(GoldenFiles.Path("adapters", "patterns"));
        parent.Modules.Select(module => module.Rank).Distinct().Count().ShouldBeGreaterThan(1);
        var other = parent with { Modules = [.. parent.Modules.Select(module => module with { B = Samples.Normal(new Random(3), [.. module.B.Shape]) })] };
        using var folder = new BlendTestFolder();
        var done = Samples.Run(Samples.Recipe((parent, 0.5), (other, 0.5)) with { Method = method, Density = method.Prunes() ? 0.5 : null });
        BlendFolder.Write(folder["mix"], done);

        var read = PeftAdapterFolder.Read(folder["mix"]);
        read.Modules.ShouldBe(done.Adapter.Modules);
        using var scope = new TensorScope();
        using var model = CausalModel.Load(GoldenFiles.Path("models", BaseOf("patterns")), Device.Cpu, DType.Float32);
        using var binding = LoraBinding.Bind(model, read);
        binding.Coverage.Bound.Count.ShouldBe(parent.Modules.Count);
    }

    /// <summary>Pull request 3111: the SVD path applied each adapter's scale twice, unseen while alpha was r.</summary>
    [Theory]
    [InlineData(BlendMethod.LowRank)]
    [InlineData(BlendMethod.MagnitudePrune)]
    [InlineData(BlendMethod.DareLinear)]
    public void PullRequest3111_ScaleOtherThanOne_IsAppliedOnce(BlendMethod method)
    {
        (LoraAdapter, double)[] parents = [(Samples.Plain(1, rank: 4, alpha: 8), 0.7), (Samples.Plain(2, rank: 4, alpha: 16), -0.5)];
        var done = Samples.Run(Samples.Recipe(parents) with { Method = method, Rank = 8, Density = method.Prunes() ? 1 : null });
        DenseDelta.Of((done.Adapter, 1)).ShouldEqual(DenseDelta.Of(parents), 1e-6);
        var one = Samples.Run(Samples.Recipe((Samples.Plain(1, rank: 4, alpha: 8), 1)) with { Method = method, Rank = 2, Density = method.Prunes() ? 1 : null });
        one.Report.Modules.ShouldAllBe(module => module.RelativeError < 1);
    }

    private static string BaseOf(string adapter) =>
        System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(GoldenFiles.Path("adapters", "cases.json")))![adapter]!["base"]!.GetValue<string>();

    /// <summary>The largest difference of logits between the two adapters on the base.</summary>
    private static double Difference(string name, LoraAdapter left, LoraAdapter right)
    {
        using var scope = new TensorScope();
        using var grad = Grad.Disable();
        using var model = CausalModel.Load(GoldenFiles.Path("models", BaseOf(name)), Device.Cpu, DType.Float32);
        var input = PackedInput.Of(GoldenFiles.Rows(GoldenFiles.Path("models", BaseOf(name), "logits.safetensors"), "input_ids"), Device.Cpu);
        return ModelParityTests.LargestDifference(Logits(left), Logits(right));

        Tensor Logits(LoraAdapter adapter)
        {
            using var binding = LoraBinding.Bind(model, adapter);
            return model.Logits(input);
        }
    }
}
