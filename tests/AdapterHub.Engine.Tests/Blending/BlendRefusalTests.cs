using System.Collections.Immutable;
using AdapterHub.Engine.Blending;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Engine.Tests.Blending;

public sealed class BlendRefusalTests
{
    private static readonly AdapterTensor Head = Samples.Normal(new Random(1), 37, 12);

    [Fact]
    public void Dora_WithoutMagnitudes_IsRefused()
    {
        var dora = Samples.Plain(1).With(config => config with { UseDora = true });
        Samples.Refusal(Samples.Recipe((Samples.Plain(2), 1), (dora, 0.5))).ShouldHaveSingleItem().ToString().ShouldStartWith("parent1: its config says DoRA");
    }

    [Fact]
    public void ChangedBase_IsRefused()
    {
        var pissa = Samples.Plain(1).With(config => config with { InitLoraWeights = "pissa_niter_16" });
        Samples.Refusal(Samples.Recipe((pissa, 1))).ShouldHaveSingleItem().Found.ShouldBe("pissa_niter_16");
    }

    [Fact]
    public void BadRecipe_NamesEveryFaultAtOnce()
    {
        var recipe = Samples.Recipe((Samples.Plain(1), double.NaN), (Samples.Plain(1), double.PositiveInfinity)) with
        {
            Method = BlendMethod.LowRank,
            Rank = 0,
            Version = 9,
            Dtype = SafetensorsDtype.I8,
        };
        Samples.Refusal(recipe).Select(finding => finding.Tensor).ShouldBe(["parent0", "parent1", "version", "rank", "dtype"]);
        Samples.Refusal(Samples.Recipe((Samples.Plain(1), 1)) with { Rank = 4 }).ShouldHaveSingleItem().Tensor.ShouldBe("rank");
        Samples.Refusal(Samples.Recipe()).ShouldHaveSingleItem().Problem.ShouldContain("needs parents");
        Samples.Refusal(Samples.Recipe((Samples.Plain(1), 0))).ShouldHaveSingleItem().Problem.ShouldContain("every weight is 0");
        Samples.Refusal(Samples.Recipe((Samples.Plain(1, alpha: 0), 1))).ShouldHaveSingleItem().Problem.ShouldContain("weight or scale is 0");
    }

    [Fact]
    public void OtherSizes_AreRefusedByLayer()
    {
        var other = Samples.Plain(2, rank: 4, endings: "0.self_attn.q_proj");
        other = other with { Modules = [other.Modules[0] with { A = Samples.Normal(new Random(3), 4, 13) }] };
        var finding = Samples.Refusal(Samples.Recipe((Samples.Plain(1), 1), (other, 1))).ShouldHaveSingleItem();
        finding.Tensor.ShouldBe("model.layers.0.self_attn.q_proj");
        finding.Expected.ShouldBe("Linear in [12] out 20");
        finding.Found.ShouldBe("Linear in [13] out 20");
    }

    [Fact]
    public void NonFiniteFactors_AreRefused()
    {
        var parent = Samples.Plain(1, endings: "0.self_attn.q_proj");
        var values = parent.Modules[0].A.ToSingles();
        values[5] = float.NaN;
        var broken = parent with { Modules = [parent.Modules[0] with { A = AdapterTensor.FromSingles(values, parent.Modules[0].A.Shape) }] };
        Samples.Refusal(Samples.Recipe((broken, 1))).ShouldHaveSingleItem().Problem.ShouldBe("holds NaN or infinite values in parent0");
    }

    [Fact]
    public void SumBeyondTheType_IsRefused() =>
        Samples.Refusal(Samples.Recipe((Samples.Plain(1, endings: "0.self_attn.q_proj"), 1e6)) with { Dtype = SafetensorsDtype.F16 })
            .ShouldHaveSingleItem().Problem.ShouldBe("the weighted sum does not fit into F16");

    [Fact]
    public void DifferingSettings_AreRefused()
    {
        var tokens = Samples.Plain(1).With(config => config with { AloraInvocationTokens = [1, 2] });
        Samples.Refusal(Samples.Recipe((tokens, 1), (Samples.Plain(2), 1))).ShouldHaveSingleItem().Tensor.ShouldBe("alora_invocation_tokens");
        Samples.Run((tokens, 1), (tokens, 1)).Adapter.Config.AloraInvocationTokens.ShouldBe([1, 2]);
    }

    [Fact]
    public void SavedModules_AreTakenFromOneParentOnlyWhenTold()
    {
        var saved = Save(Samples.Plain(1), "lm_head.weight", config => config with { ModulesToSave = ["lm_head"] });
        var recipe = Samples.Recipe((Samples.Plain(2), 1), (saved, 0.5));
        Samples.Refusal(recipe).ShouldHaveSingleItem().Problem.ShouldContain("lm_head.weight");
        Samples.Refusal(recipe with { SavedModulesFrom = 0 }).ShouldHaveSingleItem().Tensor.ShouldBe("saved_modules_from");
        Samples.Refusal(Samples.Recipe((saved, 1), (saved, 1)) with { SavedModulesFrom = 0 }).Count.ShouldBe(2);

        var done = Samples.Run(recipe with { SavedModulesFrom = 1 });
        done.Adapter.SavedModules["lm_head.weight"].ShouldBe(Head);
        done.Adapter.Config.ModulesToSave.ShouldBe(["lm_head"]);
        done.Report.Warnings.ShouldHaveSingleItem().ShouldContain("parent1");
    }

    [Fact]
    public void SavedLayerThatAnotherParentAdapts_IsRefused()
    {
        var saved = Save(Samples.Plain(1, endings: "q_proj"), "model.layers.0.mlp.down_proj.weight", config => config with { ModulesToSave = ["model.layers.0.mlp.down_proj"] });
        Samples.Refusal(Samples.Recipe((saved, 1), (Samples.Plain(2), 1)) with { SavedModulesFrom = 0 })
            .ShouldHaveSingleItem().Tensor.ShouldBe("model.layers.0.mlp.down_proj");
    }

    [Fact]
    public void TrainedBias_MovesUnderTheLayerThatAnotherParentAdapts()
    {
        using var folder = new BlendTestFolder();
        var bias = Samples.Normal(new Random(4), 12);
        var parent = Samples.Plain(1, endings: "q_proj") with
        {
            SavedModules = ImmutableDictionary<string, AdapterTensor>.Empty.Add("model.layers.0.mlp.down_proj.bias", bias).Add("model.norm.bias", bias),
        };
        var done = Samples.Run(Samples.Recipe((parent.With(config => config with { Bias = PeftBias.All }), 1), (Samples.Plain(2), 1)) with { SavedModulesFrom = 0 });
        done.Adapter.SavedModules.Keys.Order(StringComparer.Ordinal).ShouldBe(["model.layers.0.mlp.down_proj.base_layer.bias", "model.norm.bias"]);
        BlendFolder.Write(folder["mix"], done);
        PeftAdapterFolder.Read(folder["mix"]).Config.Bias.ShouldBe(PeftBias.All);
    }

    [Fact]
    public void CopyOfTheBaseEmbedding_IsKeptWhenTheParentsAgree()
    {
        var (one, two) = (Samples.Plain(1, endings: "embed_tokens"), Samples.Plain(2, endings: "embed_tokens"));
        const string copy = "model.embed_tokens.base_layer.weight";
        Samples.Run((Save(one, copy), 1), (Save(two, copy), 1), (Samples.Plain(3), 1)).Adapter.SavedModules[copy].ShouldBe(Head);
        var other = two with { SavedModules = ImmutableDictionary<string, AdapterTensor>.Empty.Add(copy, Samples.Normal(new Random(9), 37, 12)) };
        Samples.Refusal(Samples.Recipe((Save(one, copy), 1), (other, 1))).ShouldHaveSingleItem().Tensor.ShouldBe(copy);
    }

    private static LoraAdapter Save(LoraAdapter adapter, string name, Func<PeftConfig, PeftConfig>? change = null) =>
        adapter.With(change ?? (config => config)) with { SavedModules = ImmutableDictionary<string, AdapterTensor>.Empty.Add(name, Head) };
}
