using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Blending;

public sealed class SlerpTests
{
    [Fact]
    public void Arc_EqualsTheFormulaOnFullMatrices() => Samples.Check(Recipes(), recipe =>
    {
        var done = Samples.Run(recipe);
        DenseDelta.Of((done.Adapter, 1)).ShouldEqual(ReferenceBlend.Of(recipe), 3e-6);
        done.Report.IsExact.ShouldBeTrue();
    });

    [Fact]
    public void Length_IsTheWeightedSumOfTheLengths() => Samples.Check(Recipes(), recipe =>
    {
        var blend = DenseDelta.Of((Samples.Run(recipe).Adapter, 1));
        var parents = recipe.Parents.Select(parent => DenseDelta.Of((parent.Adapter!, parent.Weight))).ToList();
        foreach (var name in blend.Names)
        {
            var expected = parents.Where(parent => parent.Names.Contains(name)).Sum(parent => Norm(parent[name]));
            Norm(blend[name]).ShouldBe(expected, 1e-12 + 1e-5 * expected, name); // a layer without a bias gets one of zeros
        }
    });

    [Fact]
    public void EqualParents_AreTheWeightedSum()
    {
        var parent = Samples.Plain(1);
        var done = Samples.Run(Samples.Recipe((parent, 0.25), (parent, 0.5)) with { Method = BlendMethod.Slerp });
        DenseDelta.Of((done.Adapter, 1)).ShouldEqual(DenseDelta.Of((parent, 0.75)), 2e-6);
    }

    [Fact]
    public void WhereItIsNotDefined_ItIsRefused()
    {
        var (one, two) = (Samples.Plain(1), Samples.Plain(2));
        var slerp = Samples.Recipe((one, 1), (two, 1)) with { Method = BlendMethod.Slerp };
        Samples.Refusal(Samples.Recipe((one, 1), (two, -1)) with { Method = BlendMethod.Slerp }).ShouldHaveSingleItem().Tensor.ShouldBe("parent1");
        Samples.Refusal(Samples.Recipe((one, 1), (two, 1), (Samples.Plain(3), 1)) with { Method = BlendMethod.Slerp }).ShouldHaveSingleItem().Found.ShouldBe("3");
        var opposite = one with { Modules = [.. one.Modules.Select(module => module with { Alpha = -module.Alpha })] };
        var reasons = Samples.Refusal(slerp with { Parents = [slerp.Parents[0], slerp.Parents[1] with { Adapter = opposite }] });
        reasons.Count.ShouldBe(one.Modules.Count);
        reasons[0].Problem.ShouldContain("opposite directions");
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    private static Gen<BlendRecipe> Recipes() =>
        from seed in Gen.Choose(0, int.MaxValue - 100)
        from weights in Gen.ArrayOf(Gen.Elements(1.0, 0.7, 0.25, 2, 0.05), 2)
        select Samples.Recipe((Samples.Random(seed), weights[0]), (Samples.Random(seed + 1), weights[1])) with { Method = BlendMethod.Slerp };
}
