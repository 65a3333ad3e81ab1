using AdapterHub.Formats;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Blending;

public sealed class PeftLinearTests
{
    private static readonly Gen<BlendRecipe> Recipes =
        from seed in Gen.Choose(0, int.MaxValue - 100)
        from count in Gen.Choose(2, 4)
        from weights in Gen.ArrayOf(Gen.Elements(1.0, 0.7, -0.4, 2), count)
        select Samples.Recipe([.. weights.Select((weight, index) => (Samples.Plain(seed + index, rank: 5, alpha: 3 + index, rslora: index == 1), weight))]) with { Method = BlendMethod.PeftLinear };

    [Fact]
    public void Factors_AreTheSumsThatPeftMakes() => Samples.Check(Recipes, recipe =>
    {
        var blend = Samples.Run(recipe).Adapter;
        foreach (var module in blend.Modules)
        {
            module.A.ToSingles().ShouldBe(Expected(recipe, module.Path, from => from.A.ToSingles(), k => Math.Sign(k) * Math.Sqrt(Math.Abs(k))), 1e-5);
            module.B.ToSingles().ShouldBe(Expected(recipe, module.Path, from => from.B.ToSingles(), k => Math.Sqrt(Math.Abs(k))), 1e-5);
        }
    });

    [Fact]
    public void CrossTerms_AreReportedAsTheDistanceFromTheSum() => Samples.Check(Recipes, recipe =>
    {
        var done = Samples.Run(recipe);
        var (blend, sum) = (DenseDelta.Of((done.Adapter, 1)), ReferenceBlend.Of(recipe with { Method = BlendMethod.Exact }));
        done.Report.IsExact.ShouldBeFalse();
        done.Report.Modules.ShouldAllBe(module => Math.Abs(module.RelativeError - DenseDelta.Distance(blend[module.Path + ".weight"], sum[module.Path + ".weight"])) < 1e-5);
        done.Report.RelativeError.ShouldBeGreaterThan(0.1);
    });

    /// <summary>Two adapters with scales 2 and 4 and weights .7 and .5, of which PEFT's linear makes something about as far from their sum as nothing at all.</summary>
    [Fact]
    public void PublishedExample_IsOffByMoreThanTheSumItself()
    {
        var recipe = Samples.Recipe((Samples.Plain(1, rank: 4, alpha: 8), 0.7), (Samples.Plain(2, rank: 4, alpha: 16), 0.5)) with { Method = BlendMethod.PeftLinear };
        Samples.Run(recipe).Report.RelativeError.ShouldBeInRange(0.6, 1.6);
        Samples.Run(recipe with { Method = BlendMethod.Exact }).Report.RelativeError.ShouldBe(0);
    }

    [Fact]
    public void DifferentRanks_AreRefusedByLayer() =>
        Samples.Refusal(Samples.Recipe((Samples.Plain(1, rank: 4, endings: "0.self_attn.q_proj"), 1), (Samples.Plain(2, rank: 3), 1)) with { Method = BlendMethod.PeftLinear })
            .ShouldHaveSingleItem().Found.ShouldBe("4, 3");

    private static float[] Expected(BlendRecipe recipe, string path, Func<LoraModule, float[]> factor, Func<double, double> times)
    {
        double[]? sum = null;
        foreach (var parent in recipe.Parents)
        {
            var module = parent.Adapter!.Modules.Single(module => module.Path == path);
            var part = factor(module).Select(value => value * times(parent.Weight * module.Scale));
            sum = sum is null ? [.. part] : [.. sum.Zip(part, (left, right) => left + right)];
        }

        return Array.ConvertAll(sum!, value => (float)value);
    }
}
