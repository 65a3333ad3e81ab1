using AdapterHub.Formats.Blending;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Components.Blending;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Integration.Tests.Blending;

public sealed class BlendPlanTests
{
    private static readonly string[] Names = ["ada/limericks", "adapterhub/king-james", "ben/x.y_z-1"];
    private static readonly IReadOnlyList<BlendShare> None = [];
    private static readonly string[] Patterns = ["layers.0-3", "layers.4-.mlp", "q_proj"];

    /// <summary>A link shows to another person what was there.</summary>
    [Fact]
    public void Address_HoldsTheWholePlan()
    {
        var plans =
            from seed in Gen.Choose(0, int.MaxValue - 1)
            select Random(new Random(seed));
        Prop.ForAll(plans.ToArbitrary(), plan => Same(BlendPlan.Parse(Query(plan.ToAddress())), plan).ShouldBeTrue(plan.ToAddress())).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void SharedParameters_AreUnderstood()
    {
        var plan = BlendPlan.Parse("?base=adapterhub/inkwell&a=ada/limericks@v1:0.7&a=ben%2Fx%3A-1.5&a=ada/plain&l=1:layers.0-3=0.2");

        plan.Base.ShouldBe("adapterhub/inkwell");
        plan.Adapters.Select(share => (share.Reference, share.Weight)).ShouldBe([("ada/limericks@v1", 0.7), ("ben/x", -1.5), ("ada/plain", 1)]);
        plan.Adapters[0].Layers.ShouldBe([new LayerWeight("layers.0-3", 0.2)]);
        plan.Adapters[0].Name.ToString().ShouldBe("ada/limericks");
    }

    [Theory]
    [InlineData("?a=nonsense&a=../etc&a=ada/ok:NaN&a=:3")]
    [InlineData("?method=magic&rank=-3&density=7&scale=0&seed=x&sign=loudest&saved=99&check=-1&save=abc&base=//")]
    [InlineData("?l=9:x=1&l=0:x=1&l=nothing&l=1:=2&l=1:x=Infinity")]
    public void WhatIsNoPlan_IsLeftOut(string query)
    {
        var plan = BlendPlan.Parse(query);

        (plan.Base, plan.Method, plan.Rank, plan.Density, plan.Scale, plan.Seed, plan.CheckRun, plan.SaveRun).ShouldBe((null, "exact", null, null, 1, 0UL, null, null));
        plan.Adapters.ShouldAllBe(share => double.IsFinite(share.Weight) && share.Layers.Count == 0);
    }

    [Fact]
    public void Spec_HasOnlyTheSettingsOfItsMethod()
    {
        var plan = new BlendPlan { Adapters = [new BlendShare("a/b")], Rank = 4, Density = 0.2, Seed = 9, MajoritySign = "frequency", Scale = 2 };

        foreach (var method in BlendSpec.Methods)
        {
            var spec = (plan with { Method = method }).ToSpec() with { Output = "out" };
            RunSpecRules.Check(spec).ShouldBeEmpty(method);
        }

        plan.ToSpec().ShouldSatisfyAllConditions(spec => spec.Rank.ShouldBeNull(), spec => spec.Density.ShouldBeNull(), spec => spec.Scale.ShouldBe(1));
    }

    [Fact]
    public void Loss_IsKnownAtEveryRankThatWasMeasuredAndAtNoOther()
    {
        var plan = new BlendPlan { Adapters = [new BlendShare("a/b", 0.7), new BlendShare("a/c")], Method = "ties", Rank = 2 };
        var check = new BlendStory(1) { Spec = plan.ToCheckSpec(8) };
        check.Add(new BlendMeasured("ties", false, 0.4, [new RankLoss(1, 0.9), new RankLoss(2, 0.4), new RankLoss(8, 0)]) { Number = 1 });

        BlendLoss.Find(plan, 8, check).ShouldBe(new BlendLoss(0.4));
        BlendLoss.Find(plan with { Rank = 1 }, 8, check).ShouldBe(new BlendLoss(0.9));
        BlendLoss.Find(plan with { Rank = null }, 8, check).ShouldBe(new BlendLoss(0));
        BlendLoss.Find(plan with { Rank = 3 }, 8, check).ShouldBeNull("that rank was not measured");
        BlendLoss.Find(plan with { Density = 0.3 }, 8, check).ShouldBeNull("that is another blend");
        BlendLoss.Find(plan with { Adapters = [new BlendShare("a/b", 0.6), new BlendShare("a/c")] }, 8, check).ShouldBeNull("those are other weights");
        BlendLoss.Find(plan, 8, null).ShouldBeNull();
        BlendLoss.Find(plan with { Method = "exact" }, 8, null).ShouldBe(new BlendLoss(0));
        BlendLoss.Find(plan with { Method = "task_arithmetic", Rank = null }, 8, null).ShouldBe(new BlendLoss(0));
        BlendLoss.Find(plan with { Method = "task_arithmetic", Rank = null, HasFullRankParents = true }, 8, null).ShouldBeNull("DoRA's change is cut");
    }

    [Fact]
    public void EveryMethod_HasItsWords() =>
        Enum.GetValues<BlendMethod>().Select(MethodWords.Title).Concat(Enum.GetValues<BlendMethod>().Select(MethodWords.Help)).ShouldBeUnique();

    private static BlendPlan Random(Random random) => new()
    {
        Base = random.Next(2) == 0 ? "adapterhub/inkwell" : null,
        Adapters = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new BlendShare(Names[random.Next(3)] + (random.Next(3) == 0 ? "@v1.2" : ""), Math.Round(random.NextDouble() * 4 - 2, 4))
        {
            Layers = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new LayerWeight(Patterns[random.Next(3)], Math.Round(random.NextDouble() * 4 - 2, 4)))],
            Curve = random.Next(3) switch
            {
                0 => null,
                1 => new LayerCurve((CurveShape)random.Next(7), random.Next(1, 40), random.Next(-4, 5) / 2.0),
                _ => new LayerCurve((CurveShape)random.Next(7), random.Next(1, 40), ModuleFactors.One.With(_ => random.Next(2) == 0, random.Next(-4, 5) / 2.0)),
            },
        })],
        Method = BlendSpec.Methods[random.Next(BlendSpec.Methods.Count)],
        Rank = random.Next(2) == 0 ? random.Next(1, 65) : null,
        Density = random.Next(2) == 0 ? random.Next(1, 100) / 100.0 : null,
        MajoritySign = random.Next(2) == 0 ? "frequency" : "total",
        Scale = random.Next(2) == 0 ? 1.5 : 1,
        Seed = (ulong)random.Next(3),
        SavedFrom = random.Next(3) == 0 ? 1 : null,
        CheckRun = random.Next(2) == 0 ? random.Next(1, 1000) : null,
        LearnRun = random.Next(2) == 0 ? random.Next(1, 1000) : null,
        SaveRun = random.Next(2) == 0 ? random.Next(1, 1000) : null,
    };

    private static string Query(string address) => address.Contains('?', StringComparison.Ordinal) ? address[address.IndexOf('?', StringComparison.Ordinal)..] : "";

    /// <summary>Lists compare by their items.</summary>
    private static bool Same(BlendPlan one, BlendPlan other) => one with { Adapters = None } == other with { Adapters = None } && one.Adapters.Count == other.Adapters.Count
        && one.Adapters.Zip(other.Adapters).All(pair => (pair.First.Reference, pair.First.Weight, pair.First.Curve) == (pair.Second.Reference, pair.Second.Weight, pair.Second.Curve) && pair.First.Layers.SequenceEqual(pair.Second.Layers));
}
