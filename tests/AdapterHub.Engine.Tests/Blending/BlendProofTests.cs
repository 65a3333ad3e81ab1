using AdapterHub.Engine.Blending;
using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Blending;

/// <summary>The proof is worth something only if a blend that is wrong fails it.</summary>
public sealed class BlendProofTests
{
    private static readonly int[] Ids = [3, 17, 5, 9, 30, 1, 2, 22, 8, 14, 7, 7];
    private static readonly ModelConfig Config = new()
    {
        ModelType = "llama", HiddenSize = 32, IntermediateSize = 48, Layers = 2, Heads = 4, KeyValueHeads = 2, HeadDim = 8, VocabularySize = 40, ContextLength = 64,
        TieWordEmbeddings = true, InitializerRange = 0.4, EosTokenIds = [0],
    };

    [Fact]
    public void ExactBlend_HasTheLogitsOfItsParents()
    {
        using var model = CausalModel.Create(Config, Device.Cpu, DType.Float32, 1);
        var done = Samples.Run(Recipe(model));

        var proof = BlendProof.Measure(model, done.Recipe, done.Adapter, Ids);

        proof.LargestDifference.ShouldBeLessThan(BlendProof.Tolerance);
        proof.LargestChange.ShouldBeGreaterThan(100 * BlendProof.Tolerance);
        (proof.SameFirst, proof.Tokens, proof.Modules).ShouldBe((1, Ids.Length, done.Adapter.Modules.Count));
        proof.Divergence.ShouldBeLessThan(1e-6);
        model.Linears.Values.ShouldAllBe(linear => linear.Delta == null);
    }

    [Fact]
    public void BlendWithOneModuleWrong_IsFoundOut()
    {
        using var model = CausalModel.Create(Config, Device.Cpu, DType.Float32, 1);
        var done = Samples.Run(Recipe(model));
        var wrong = done.Adapter with { Modules = [.. done.Adapter.Modules.Select((module, place) => place == 3 ? module with { Alpha = module.Alpha * 1.1 } : module)] };

        BlendProof.Measure(model, done.Recipe, wrong, Ids).LargestDifference.ShouldBeGreaterThan(10 * BlendProof.Tolerance);
    }

    [Fact]
    public void ApproximateBlend_IsMeasuredAgainstTheSum()
    {
        using var model = CausalModel.Create(Config, Device.Cpu, DType.Float32, 1);
        var done = Samples.Run(Recipe(model) with { Method = BlendMethod.LowRank, Rank = 1 });

        var proof = BlendProof.Measure(model, done.Recipe, done.Adapter, Ids);

        done.Report.IsExact.ShouldBeFalse();
        proof.LargestDifference.ShouldBeGreaterThan(BlendProof.Tolerance);
        proof.Divergence.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Card_SaysWhatTheBlendIsAndHowItWasChecked()
    {
        using var model = CausalModel.Create(Config, Device.Cpu, DType.Float32, 1);
        var done = Samples.Run(Recipe(model) with { Method = BlendMethod.LowRank, Rank = 1 });
        var card = new BlendCard
        {
            Title = "mix", Recipe = done.Recipe, Report = done.Report, BaseModel = "ada/base: with a colon", License = "cc0-1.0", Proof = BlendProof.Measure(model, done.Recipe, done.Adapter, Ids),
        };

        var text = card.ToMarkdown();

        text.ShouldStartWith("---\nbase_model: \"ada/base: with a colon\"\n");
        text.ShouldContain("license: cc0-1.0");
        text.ShouldContain("| first \\| one | 0.75 | `layers.1` -0.5 |");
        text.ShouldContain("approximate: relative error");
        text.ShouldContain("| error by rank | 1: ");
        text.ShouldContain($"all {done.Adapter.Modules.Count} modules");
        text.ShouldNotContain("tolerance", customMessage: "an approximation has none");
        card.ToMarkdown().ShouldBe(text);
    }

    private static BlendRecipe Recipe(CausalModel model) => new()
    {
        Parents =
        [
            BlendParent.FromAdapter("first | one", Adapter(model, 11), 0.75) with { Modules = [new ModuleWeight(ModulePattern.Parse("layers.1"), -0.5)] },
            BlendParent.FromAdapter("second", Adapter(model, 12), 1.25),
        ],
    };

    private static LoraAdapter Adapter(CausalModel model, ulong seed)
    {
        using var binding = LoraBinding.Inject(model, new PeftConfig { Rank = 4, LoraAlpha = 8, TargetModules = ModuleSelection.AllLinear }, seed);
        using (Grad.Disable())
        {
            foreach (var (_, value) in binding.Parameters)
                value.Normal_(0, 0.15);
        }

        return binding.ToAdapter();
    }
}
