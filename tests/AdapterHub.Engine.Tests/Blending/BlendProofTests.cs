using System.Collections.Immutable;
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

    /// <summary>At full rank nothing is cut away, so that a DoRA parent's true change has to be there whole.</summary>
    [Fact]
    public void DoraParentAtFullRank_HasTheLogitsOfTheTrueChanges()
    {
        using var model = CausalModel.Create(Config, Device.Cpu, DType.Float32, 1);
        using var folder = new BlendTestFolder();
        model.Save(folder["base"], DType.Float32);
        using var weights = BaseWeights.Open(folder["base"]);
        var (dora, plain) = (Dora(model, 21), Adapter(model, 12));
        var recipe = Recipe(("dora", dora, 0.5), ("plain", plain, 1.25)) with { Method = BlendMethod.TaskArithmetic, Rank = 64, BaseModel = new BlendBaseModel { Name = "imaginary/base" } };
        var done = Blend.Run(recipe, baseModel: weights).ShouldBeOfType<BlendResult.Done>();

        var proof = BlendProof.Measure(model, done.Recipe, done.Adapter, Ids);

        proof.LargestDifference.ShouldBeLessThan(BlendProof.Tolerance);
        proof.LargestChange.ShouldBeGreaterThan(100 * BlendProof.Tolerance);
        var unscaled = Samples.Run(Recipe(("dora", WithoutMagnitudes(dora), 0.5), ("plain", plain, 1.25)));
        BlendProof.Measure(model, done.Recipe, unscaled.Adapter, Ids).LargestDifference.ShouldBeGreaterThan(10 * BlendProof.Tolerance, "its factors alone are not what a DoRA adapter does");
        model.Linears.Values.ShouldAllBe(linear => linear.Delta == null);
    }

    [Fact]
    public void DoraTakenAsItIs_HasItsOwnLogits()
    {
        using var model = CausalModel.Create(Config, Device.Cpu, DType.Float32, 1);
        var done = Samples.Run(Recipe(("dora", Dora(model, 21), 1)));

        var proof = BlendProof.Measure(model, done.Recipe, done.Adapter, Ids);

        proof.LargestDifference.ShouldBeLessThan(BlendProof.Tolerance);
        proof.LargestChange.ShouldBeGreaterThan(100 * BlendProof.Tolerance);
    }

    [Fact]
    public void WholeTensorsOfTheChosenParent_AreInTheSum()
    {
        using var model = CausalModel.Create(Config, Device.Cpu, DType.Float32, 1);
        var norm = Samples.Normal(new Random(3), Config.HiddenSize);
        var saving = Adapter(model, 11) with { SavedModules = ImmutableDictionary<string, AdapterTensor>.Empty.Add("model.norm.weight", norm) };
        saving = saving with { Config = saving.Config with { ModulesToSave = ["norm"] } };
        var done = Samples.Run(Recipe(("saving", saving, 0.5), ("plain", Adapter(model, 12), 1.25)) with { SavedModulesFrom = 0 });

        BlendProof.Measure(model, done.Recipe, done.Adapter, Ids).LargestDifference.ShouldBeLessThan(BlendProof.Tolerance);
        var without = done.Adapter with { SavedModules = ImmutableDictionary<string, AdapterTensor>.Empty };
        BlendProof.Measure(model, done.Recipe, without, Ids).LargestDifference.ShouldBeGreaterThan(10 * BlendProof.Tolerance);
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

    private static BlendRecipe Recipe(params (string Name, LoraAdapter Adapter, double Weight)[] parents) =>
        new() { Parents = [.. parents.Select(parent => BlendParent.FromAdapter(parent.Name, parent.Adapter, parent.Weight))] };

    /// <summary>Magnitudes some way off the norms that training would start from.</summary>
    private static LoraAdapter Dora(CausalModel model, ulong seed)
    {
        var (adapter, random) = (Adapter(model, seed), new Random((int)seed));
        return adapter with { Config = adapter.Config with { UseDora = true }, Modules = [.. adapter.Modules.Select(WithMagnitude)] };

        LoraModule WithMagnitude(LoraModule module)
        {
            using var scope = new TensorScope();
            var norms = model.Linears[module.Path].Weight.Norm(1).ToArray<float>();
            return module with { Magnitude = AdapterTensor.FromSingles(Array.ConvertAll(norms, norm => (float)(norm * (0.8 + 0.4 * random.NextDouble()))), [norms.Length]) };
        }
    }

    private static LoraAdapter WithoutMagnitudes(LoraAdapter dora) => dora with
    {
        Config = dora.Config with { UseDora = false }, Modules = [.. dora.Modules.Select(module => module with { Magnitude = null })],
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
