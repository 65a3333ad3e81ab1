using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Blending;

/// <summary>The methods against their papers' definitions on full matrices in double precision.</summary>
public sealed class MethodTests
{
    /// <summary>More than any layer of the samples has, so that nothing is cut off.</summary>
    private const int WholeRank = 200;

    /// <summary>Factors are rounded to float once; a sum of up to four parents may nearly cancel.</summary>
    private const double Tolerance = 3e-6;

    private static readonly BlendMethod[] Deterministic = [BlendMethod.TaskArithmetic, BlendMethod.Ties, BlendMethod.MagnitudePrune];

    [Fact]
    public void FullRank_EqualsTheDenseReference() => Samples.Check(Recipes(), recipe =>
    {
        var done = Samples.Run(recipe with { Rank = WholeRank });
        DenseDelta.Of((done.Adapter, 1)).ShouldEqual(ReferenceBlend.Of(recipe), Tolerance);
        done.Report.IsExact.ShouldBeTrue();
    });

    [Fact]
    public void Truncated_LosesTheTailOfTheSingularValues_AsReported() => Samples.Check(
        from recipe in Recipes()
        from rank in Gen.Choose(1, 12)
        select recipe with { Rank = rank },
        recipe =>
        {
            var done = Samples.Run(recipe);
            var (blend, whole) = (DenseDelta.Of((done.Adapter, 1)), ReferenceBlend.Of(recipe));
            foreach (var module in done.Report.Modules)
            {
                var dense = whole[module.Path + ".weight"];
                var values = DenseDelta.SingularValues(dense, Columns(module.Path, dense.Length));
                var tail = Math.Sqrt(values.Skip(recipe.Rank!.Value).Sum(value => value * value) / values.Sum(value => value * value));
                module.RelativeError.ShouldBe(tail, Tolerance, module.Path);
                DenseDelta.Distance(blend[module.Path + ".weight"], dense).ShouldBe(tail, Tolerance, module.Path);
                module.ErrorAt(recipe.Rank.Value).ShouldBe(tail, Tolerance);
                module.Rank.ShouldBeLessThanOrEqualTo(recipe.Rank.Value);
            }
        });

    [Fact]
    public void OneParent_WeightOne_DensityOne_IsTheParent() => Samples.Check(
        from seed in Gen.Choose(0, int.MaxValue - 100)
        from method in Gen.Elements(Enum.GetValues<BlendMethod>())
        select (Adapter: Samples.Random(seed), Method: method),
        test =>
        {
            var recipe = Samples.Recipe((test.Adapter, 1)) with { Method = test.Method, Density = test.Method.Prunes() ? 1 : null, Rank = test.Method == BlendMethod.LowRank ? WholeRank : null };
            var done = Samples.Run(recipe);
            DenseDelta.Of((done.Adapter, 1)).ShouldEqual(DenseDelta.Of((test.Adapter, 1)), Tolerance);
            done.Report.IsExact.ShouldBeTrue();
        }, 60);

    [Fact]
    public void Order_DoesNotMatter() => Samples.Check(Recipes(), recipe =>
    {
        var forward = Samples.Run(recipe with { Rank = WholeRank });
        var backward = Samples.Run(recipe with { Rank = WholeRank, Parents = [.. recipe.Parents.Reverse()] });
        DenseDelta.Of((backward.Adapter, 1)).ShouldEqual(DenseDelta.Of((forward.Adapter, 1)), 2 * Tolerance);
    });

    [Fact]
    public void Scale_MultipliesTheResult() => Samples.Check(Recipes(), recipe =>
    {
        var once = Samples.Run(recipe with { Rank = WholeRank });
        var scaled = Samples.Run(recipe with { Rank = WholeRank, Scale = -1.5 });
        // Negation turns the vote of an element with equal votes on both sides, which does not occur among random numbers.
        DenseDelta.Of((scaled.Adapter, 1)).ShouldEqual(DenseDelta.Of((once.Adapter, -1.5 / recipe.Scale)), 2 * Tolerance);
    });

    [Fact]
    public void Negation_TakesAwayWhatAdditionBrought()
    {
        var (keep, forget) = (Samples.Plain(1), Samples.Plain(2));
        var both = Samples.Run(Samples.Recipe((keep, 1), (forget, 1)) with { Method = BlendMethod.TaskArithmetic, Scale = 0.4 }).Adapter;
        var left = Samples.Run(Samples.Recipe((both, 1), (forget, -0.4)) with { Method = BlendMethod.TaskArithmetic });
        DenseDelta.Of((left.Adapter, 1)).ShouldEqual(DenseDelta.Of((keep, 0.4)), 10 * Tolerance);
    }

    [Fact]
    public void Rank_NotAskedFor_IsTheLargestOfTheParents()
    {
        var recipe = Samples.Recipe((Samples.Plain(1, rank: 3), 1), (Samples.Plain(2, rank: 4), 1)) with { Method = BlendMethod.Ties, Density = 0.5 };
        var report = Samples.Run(recipe).Report;
        report.Modules.ShouldAllBe(module => module.Rank == 4);
        report.IsExact.ShouldBeFalse();
    }

    [Fact]
    public void ErrorCurve_FallsToNothing_AndHoldsTheErrorMade()
    {
        var recipe = Samples.Recipe((Samples.Plain(1, rank: 3), 1), (Samples.Plain(2, rank: 4), 1)) with { Method = BlendMethod.Ties, Density = 0.5, Rank = 3 };
        var report = Samples.Run(recipe).Report;
        var curve = report.ErrorCurve();
        curve.Select(point => point.Rank).ShouldBe([1, 2, 3, 4, 8, 12]);
        curve.Zip(curve.Skip(1)).ShouldAllBe(pair => pair.Second.RelativeError < pair.First.RelativeError);
        curve.Single(point => point.Rank == 3).RelativeError.ShouldBe(report.RelativeError, 1e-6);
        curve[^1].RelativeError.ShouldBe(0, 1e-6);
    }

    private static Gen<BlendRecipe> Recipes() =>
        from parents in Samples.Parents()
        from method in Gen.Elements(Deterministic)
        from density in Gen.Elements(0.05, 0.2, 0.5, 0.9)
        from frequency in Gen.Elements(false, true)
        from scale in Gen.Elements(1, 0.4)
        select Samples.Recipe(parents) with
        {
            Method = method,
            Density = method.Prunes() ? density : null,
            MajoritySign = frequency && method.ElectsSigns() ? MajoritySign.Frequency : MajoritySign.Total,
            Scale = scale,
        };

    private static int Columns(string path, int elements) => path switch
    {
        "vision.patches" => elements / 9,
        "model.embed_tokens" => 12,
        _ when path.EndsWith("down_proj", StringComparison.Ordinal) => 31,
        _ => 12,
    };
}
