using AdapterHub.Formats;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Components.Blending;

namespace AdapterHub.Integration.Tests.Blending;

public sealed class LayerCurveTests
{
    /// <summary>Every layer gets the share's weight times the curve times the factor of its part, by rules that the engine reads.</summary>
    [Fact]
    public void Rules_GiveEveryLayerItsWeight()
    {
        foreach (var shape in Enum.GetValues<CurveShape>())
        {
            foreach (var (layers, attention, mlp) in new[] { (8, 1.0, 1.0), (1, 1, 1), (12, 0.5, 2), (31, -1, 1) })
            {
                var curve = new LayerCurve(shape, layers, attention, mlp);
                var share = new BlendShare("ada/x", 0.8) { Curve = curve };
                for (var layer = 0; layer < layers; layer++)
                {
                    WeightOf(share, $"model.layers.{layer}.self_attn.q_proj").ShouldBe(0.8 * curve.At(layer) * attention, 1e-4, $"{curve}, attention of {layer}");
                    WeightOf(share, $"model.layers.{layer}.mlp.up_proj").ShouldBe(0.8 * curve.At(layer) * mlp, 1e-4, $"{curve}, MLP of {layer}");
                    curve.At(layer).ShouldBeInRange(0, 1);
                }

                WeightOf(share, "model.embed_tokens").ShouldBe(0.8);
                LayerCurve.TryParse(curve.ToString(), out var read).ShouldBeTrue();
                read.ShouldBe(curve);
            }
        }
    }

    /// <summary>Single modules have factors of their own; the rest of the model is as the curve says.</summary>
    [Fact]
    public void Rules_GiveEveryModuleItsWeight()
    {
        var random = new Random(5);
        for (var round = 0; round < 40; round++)
        {
            var factors = LayerModule.All.Aggregate(ModuleFactors.One, (so, module) => random.Next(2) == 0 ? so : so.With(other => other == module, random.Next(-8, 9) / 4.0));
            var curve = new LayerCurve((CurveShape)random.Next(7), random.Next(1, 20), factors);
            var share = new BlendShare("ada/x", 0.8) { Curve = curve };
            for (var layer = 0; layer < curve.Layers; layer++)
                foreach (var module in LayerModule.All)
                    WeightOf(share, $"model.layers.{layer}.{module.Path}").ShouldBe(0.8 * curve.At(layer) * factors[module], 1e-4, $"{curve}, {module.Path} of {layer}");
            WeightOf(share, "model.embed_tokens").ShouldBe(0.8);
            LayerCurve.TryParse(curve.ToString(), out var read).ShouldBeTrue(curve.ToString());
            read.ShouldBe(curve);
        }
    }

    [Fact]
    public void ModuleApart_CostsOneRuleMore() =>
        new LayerCurve(CurveShape.All, 12, ModuleFactors.One.With(module => module.Name == "v_proj", 0.5)).ToRules(1).ShouldBe(
            [new LayerWeight("layers.0-11.self_attn.v_proj", 0.5), new LayerWeight("layers.0-11.self_attn", 1), new LayerWeight("layers.0-11.mlp", 1)]);

    [Theory]
    [InlineData("rising")]
    [InlineData("rising:8:1")]
    [InlineData("rising:8:1:2:3")]
    [InlineData("rising:8:1:2:3:4:5:6:NaN")]
    [InlineData("rising:8:1:2:3:4:5:6:7:8")]
    [InlineData("3:8")]
    [InlineData("rising:0")]
    public void WhatIsNoCurve_IsRefused(string text) => LayerCurve.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Modules_AreThoseThatTheAdapterChanges()
    {
        LayerModule.Of("v_proj, q_proj").Select(module => module.Name).ShouldBe(["q_proj", "v_proj"]);
        LayerModule.Of(null).ShouldBe(LayerModule.All);
        LayerModule.Of("qkv_proj").ShouldBe(LayerModule.All, "what is not known is not left out");
    }

    [Fact]
    public void TypedWeight_GoesBeforeTheCurve()
    {
        var share = new BlendShare("ada/x", 2) { Curve = new LayerCurve(CurveShape.Late, 9), Layers = [new LayerWeight("layers.1.mlp", 0.3)] };

        WeightOf(share, "model.layers.1.mlp.up_proj").ShouldBe(0.3);
        WeightOf(share, "model.layers.1.self_attn.q_proj").ShouldBe(0);
        WeightOf(share, "model.layers.8.mlp.up_proj").ShouldBe(2);
        new BlendPlan { Adapters = [share] }.ToSpec().Adapters[0].Layers.ShouldBe(share.Rules, "what is saved is what the lane had");
    }

    [Fact]
    public void Neighbours_ShareARule() =>
        new LayerCurve(CurveShape.Early, 12).ToRules(1).ShouldBe([new LayerWeight("layers.0-3", 1), new LayerWeight("layers.4-11", 0)]);

    private static double WeightOf(BlendShare share, string module) =>
        share.Rules.Where(rule => ModulePattern.Parse(rule.Pattern).Matches(module)).Select(rule => (double?)rule.Weight).FirstOrDefault() ?? share.Weight;
}
