using AdapterHub.Formats;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Blending;

public sealed class LowRankTests
{
    /// <summary>The blend's factors are rounded to float, the reported error is not.</summary>
    private const double Rounding = 1e-6;

    private static readonly Gen<(BlendRecipe Recipe, (LoraAdapter, double)[] Parents)> Recipes =
        from parents in Samples.Parents()
        from rank in Gen.Choose(1, 24)
        select (Samples.Recipe(parents) with { Method = BlendMethod.LowRank, Rank = rank }, parents);

    [Fact]
    public void ReportedError_IsTheTrueErrorOfEveryModule() => Samples.Check(Recipes, test =>
    {
        var done = Samples.Run(test.Recipe);
        var (blend, sum) = (DenseDelta.Of((done.Adapter, 1)), DenseDelta.Of(test.Parents));
        var (lost, whole) = (0.0, 0.0);
        foreach (var module in done.Report.Modules)
        {
            var (left, right) = (blend[module.Path + ".weight"], sum[module.Path + ".weight"]);
            module.RelativeError.ShouldBe(DenseDelta.Distance(left, right), Rounding);
            lost += left.Zip(right, (l, r) => (l - r) * (l - r)).Sum();
            whole += right.Sum(value => value * value);
        }

        done.Report.RelativeError.ShouldBe(Math.Sqrt(lost / whole), Rounding);
        done.Report.ErrorAt(test.Recipe.Rank!.Value).ShouldBe(done.Report.RelativeError, Rounding);
    });

    [Fact]
    public void SingularValues_AreThoseOfTheDenseSum_SoNoOtherFactorsAreNearer() => Samples.Check(Recipes, test =>
    {
        var sum = DenseDelta.Of(test.Parents);
        foreach (var module in Samples.Run(test.Recipe).Report.Modules)
        {
            var dense = sum[module.Path + ".weight"];
            var expected = DenseDelta.SingularValues(dense, Columns(module.Path, dense.Length));
            for (var i = 0; i < expected.Length; i++)
                (i < module.SingularValues.Length ? module.SingularValues[i] : 0).ShouldBe(expected[i], Rounding * expected[0]);
            module.Norm!.Value.ShouldBe(Math.Sqrt(dense.Sum(value => value * value)), Rounding * expected[0]);
        }
    });

    [Fact]
    public void Factors_AreBalanced_AndNoWiderThanAsked() => Samples.Check(Recipes, test =>
    {
        var done = Samples.Run(test.Recipe);
        foreach (var (module, report) in done.Adapter.Modules.Zip(done.Report.Modules))
        {
            module.Rank.ShouldBe(report.Rank);
            report.Rank.ShouldBeLessThanOrEqualTo(test.Recipe.Rank!.Value);
            if (report.Rank < report.StackedRank)
                Norm(module.A).ShouldBe(Norm(module.B), 1e-5 * Norm(module.B));
        }
    });

    [Fact]
    public void RankAsLargeAsTheSum_IsTheExactBlend() => Samples.Check(Samples.Parents(2), parents =>
    {
        var exact = Samples.Run(parents);
        var wide = Samples.Run(Samples.Recipe(parents) with { Method = BlendMethod.LowRank, Rank = 200 });
        wide.Report.IsExact.ShouldBeTrue();
        wide.Report.RelativeError.ShouldBe(0);
        wide.Adapter.Modules.ShouldBe(exact.Adapter.Modules);
        wide.Adapter.Config.ToJson().ShouldBe(exact.Adapter.Config.ToJson());
    });

    [Fact]
    public void TwiceTheSameAdapter_NeedsItsRankOnly()
    {
        var parent = Samples.Plain(5, rank: 4);
        var done = Samples.Run(Samples.Recipe((parent, 0.5), (parent, 0.75)) with { Method = BlendMethod.LowRank, Rank = 4 });
        done.Report.IsExact.ShouldBeTrue();
        DenseDelta.Of((done.Adapter, 1)).ShouldEqual(DenseDelta.Of((parent, 1.25)), 1e-6);
    }

    [Fact]
    public void Error_FallsWithTheRank_AndIsSaidInWords()
    {
        var recipe = Samples.Recipe((Samples.Plain(1, rank: 8), 1), (Samples.Plain(2, rank: 8), 1)) with { Method = BlendMethod.LowRank };
        var reports = Enumerable.Range(1, 16).Select(rank => Samples.Run(recipe with { Rank = rank }).Report).ToList();
        reports.Zip(reports.Skip(1)).ShouldAllBe(pair => pair.Second.RelativeError < pair.First.RelativeError || pair.First.IsExact);
        reports[3].ToString().ShouldStartWith("approximate, relative error 0.");
        reports[3].ErrorAt(7).ShouldBe(reports[6].RelativeError, 1e-12);
        reports[15].ToString().ShouldStartWith("exact");
    }

    private static double Norm(AdapterTensor tensor) => Math.Sqrt(tensor.ToSingles().Sum(value => (double)value * value));

    /// <summary>Width of the layer's weight as a matrix; the embedding's (vocabulary, dim) is as wide as B is high.</summary>
    private static int Columns(string path, int elements) => path switch
    {
        "vision.patches" => elements / 9,
        "model.embed_tokens" => 12,
        _ when path.EndsWith("down_proj", StringComparison.Ordinal) => 31,
        _ => 12,
    };
}
