using AdapterHub.Engine.Blending;
using AdapterHub.Formats;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Blending;

public sealed class ModuleWeightTests
{
    [Fact]
    public void FirstRuleThatMatches_DecidesALayer()
    {
        var parent = Weighted(Samples.Plain(1), 1, ("layers.0.self_attn", -2), ("self_attn.q_proj", 0.5), ("layers.0", 3), ("mlp", 0));
        string[] paths = [.. parent.Adapter!.Modules.Select(module => module.Path)];
        paths.Select(parent.WeightAt).ShouldBe([3, -2, -2, 0, 1, 0.5]);
        paths[0].ShouldBe("model.layers.0.mlp.down_proj");
    }

    [Fact]
    public void Weights_ByLayer_AreThoseOfAnAdapterScaledThere() => Samples.Check(Parents(), parents =>
    {
        var blend = Samples.Run(new BlendRecipe { Parents = [.. parents] });
        var scaled = parents.Select(parent => (parent.Adapter! with
        {
            Modules = [.. parent.Adapter!.Modules.Select(module => module with { Alpha = module.Alpha * parent.WeightAt(module.Path) })],
        }, 1.0)).ToArray();
        var expected = DenseDelta.Of(scaled);
        DenseDelta.Of((blend.Adapter, 1)).ShouldEqual(expected, 2e-6);
    });

    [Fact]
    public void LayerOfWeightZero_IsNotInTheBlend()
    {
        var recipe = new BlendRecipe { Parents = [Weighted(Samples.Plain(1), 0, ("layers.1", 1)), Weighted(Samples.Plain(2, endings: "q_proj"), 1, ("layers.1", 0))] };
        Samples.Run(recipe).Report.Modules.Select(module => (module.Path, string.Join(' ', module.Parents))).ShouldBe([
            ("model.layers.0.self_attn.q_proj", "1"), ("model.layers.1.mlp.down_proj", "0"), ("model.layers.1.self_attn.k_proj", "0"), ("model.layers.1.self_attn.q_proj", "0")]);
    }

    [Fact]
    public void PatternThatMatchesNothing_IsWarnedOf() =>
        Samples.Run(new BlendRecipe { Parents = [Weighted(Samples.Plain(1), 1, ("layers.7", 2))] }).Report.Warnings.ShouldHaveSingleItem().ShouldContain("layers.7");

    [Fact]
    public void Weight_ThatIsNoNumber_IsRefused() =>
        Samples.Refusal(new BlendRecipe { Parents = [Weighted(Samples.Plain(1), 1, ("mlp", double.NaN))] }).ShouldHaveSingleItem().Problem.ShouldContain("not a number");

    [Fact]
    public void TargetsOfABlend_NameOnlyLayersThatItChanges()
    {
        using var folder = new BlendTestFolder();
        var done = Samples.Run(new BlendRecipe { Parents = [Weighted(Samples.Plain(1), 1, ("layers.0.mlp", 0))] });
        BlendFolder.Write(folder["mix"], done);
        var matcher = new Formats.Peft.TargetModuleMatcher(Formats.Peft.PeftAdapterFolder.Read(folder["mix"]).Config);
        matcher.Matches(new Formats.Peft.ModuleCandidate("model.layers.0.mlp.down_proj")).ShouldBeFalse("a layer of weight 0 has no tensors in the file");
        matcher.Matches(new Formats.Peft.ModuleCandidate("model.layers.1.mlp.down_proj")).ShouldBeTrue();
    }

    private static BlendParent Weighted(LoraAdapter adapter, double weight, params (string Pattern, double Weight)[] rules) =>
        BlendParent.FromAdapter("parent", adapter, weight) with { Modules = [.. rules.Select(rule => new ModuleWeight(ModulePattern.Parse(rule.Pattern), rule.Weight))] };

    private static Gen<BlendParent[]> Parents() =>
        from parents in Samples.Parents(3)
        from patterns in Gen.ArrayOf(Gen.Elements("layers.0", "layers.1-", "q_proj", "mlp.down_proj", "self_*.k_proj", "embed_tokens"), 2)
        from weights in Gen.ArrayOf(Gen.Elements(0.5, -1.5, 2), 2)
        select parents.Where(parent => parent.Weight != 0).Select(parent => Weighted(parent.Adapter, parent.Weight, (patterns[0], weights[0]), (patterns[1], weights[1]))).ToArray();
}
