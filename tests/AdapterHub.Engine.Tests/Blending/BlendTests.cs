using AdapterHub.Engine.Blending;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Engine.Tests.Blending;

public sealed class BlendTests
{
    /// <summary>One rounding to float an element of A, relative to the terms; sums that nearly cancel would need a test of their own.</summary>
    private const double Tolerance = 1e-6;

    [Fact]
    public void Exact_RandomParents_EqualsTheDenseSum() => Samples.Check(Samples.Parents(), parents =>
    {
        var done = Samples.Run(parents);
        DenseDelta.Of((done.Adapter, 1)).ShouldEqual(DenseDelta.Of(parents), Tolerance);
        done.Report.IsExact.ShouldBeTrue();
        done.Adapter.Modules.ShouldAllBe(module => module.Scale == 1 && !module.UseRslora);
    });

    [Fact]
    public void OneParent_WeightOne_ChangesTheModelAsTheParentDoes() => Samples.Check(Samples.Parents(1), parents =>
    {
        var parent = parents[0].Adapter;
        var done = Samples.Run((parent, 1));
        DenseDelta.Of((done.Adapter, 1)).ShouldEqual(DenseDelta.Of((parent, 1)), Tolerance);
        done.Adapter.Modules.Select(module => (module.Path, module.Rank)).ShouldBe(parent.Modules.Select(module => (module.Path, module.Rank)));
        // B is the parent's own, bit for bit.
        done.Adapter.Modules.Select(module => module.B).ShouldBe(parent.Modules.Select(module => module.B));
    });

    [Fact]
    public void Weights_Multiplied_MultiplyTheChange() => Samples.Check(Samples.Parents(), parents =>
    {
        var scaled = Samples.Run([.. parents.Select(parent => (parent.Adapter, -2.5 * parent.Weight))]);
        DenseDelta.Of((scaled.Adapter, 1)).ShouldEqual(DenseDelta.Of((Samples.Run(parents).Adapter, -2.5)), Tolerance);
    });

    [Fact]
    public void BlendOfBlends_IsTheBlendOfTheirParents() => Samples.Check(Samples.Parents(), parents =>
    {
        var half = Samples.Run(parents).Adapter;
        var twice = Samples.Run([(half, 0.5), (parents[0].Adapter, 0.25)]);
        var direct = Samples.Run([.. parents.Select(parent => (parent.Adapter, 0.5 * parent.Weight)), (parents[0].Adapter, 0.25)]);
        DenseDelta.Of((twice.Adapter, 1)).ShouldEqual(DenseDelta.Of((direct.Adapter, 1)), 10 * Tolerance);
    });

    [Fact]
    public void Parents_InAnotherOrder_GiveTheSameChange() => Samples.Check(Samples.Parents(), parents =>
    {
        var forward = Samples.Run(parents);
        var backward = Samples.Run([.. parents.Reverse()]);
        DenseDelta.Of((backward.Adapter, 1)).ShouldEqual(DenseDelta.Of((forward.Adapter, 1)), Tolerance);
        backward.Adapter.Config.TargetModules.ShouldBe(forward.Adapter.Config.TargetModules);
    });

    [Fact]
    public void WeightZero_LeavesNoTrace() => Samples.Check(Samples.Parents(3), parents =>
    {
        var without = Samples.Run([.. parents.Where(parent => parent.Weight != 0)]).Adapter;
        var poison = Samples.Random(7).With(config => config with { UseDora = true, BaseModelNameOrPath = "other/base" });
        var with = Samples.Run([(poison, 0), .. parents, (Samples.Random(8), -0.0)]).Adapter;
        with.Config.ToJson().ShouldBe(without.Config.ToJson());
        with.Modules.ShouldBe(without.Modules);
    });

    [Fact]
    public void OppositeWeights_CancelToZero()
    {
        var parent = Samples.Plain(1);
        var recipe = Samples.Recipe((parent, 0.5), (parent, -0.5));
        foreach (var blend in new[] { Samples.Run(recipe), Samples.Run(recipe with { Method = BlendMethod.LowRank, Rank = 3 }) })
        {
            var delta = DenseDelta.Of((blend.Adapter, 1));
            delta.Names.ShouldAllBe(name => delta[name].All(value => Math.Abs(value) < 1e-5));
            blend.Adapter.FindNonFinite().ShouldBeEmpty();
        }
    }

    [Fact]
    public void FanInFanOut_OfGpt2_IsKept()
    {
        var parents = new[] { 3, 4 }.Select(seed => Samples.Plain(seed, endings: "q_proj")).Select(adapter =>
            adapter.With(config => config with { FanInFanOut = true }) with { Modules = [.. adapter.Modules.Select(module => module with { FanInFanOut = true })] }).ToList();
        var done = Samples.Run((parents[0], 0.5), (parents[1], 2));
        done.Adapter.Config.FanInFanOut.ShouldBeTrue();
        DenseDelta.Of((done.Adapter, 1)).ShouldEqual(DenseDelta.Of((parents[0], 0.5), (parents[1], 2)), Tolerance);
        done.Report.Warnings.ShouldBeEmpty();

        var plain = Samples.Plain(5, endings: "q_proj");
        Samples.Run((parents[0], 1), (plain, 1)).Report.Warnings.ShouldHaveSingleItem().ShouldContain("fan_in_fan_out");
    }

    [Fact]
    public void Report_NamesTheParentsOfEachModule()
    {
        var report = Samples.Run((Samples.Plain(1, rank: 3, endings: "q_proj"), 1), (Samples.Plain(2, rank: 2), 1)).Report;
        report.Modules.Single(module => module.Path == "model.layers.0.self_attn.q_proj").ShouldSatisfyAllConditions(
            module => module.Parents.ShouldBe([0, 1]), module => module.Rank.ShouldBe(5));
        report.Modules.Single(module => module.Path == "model.layers.0.mlp.down_proj").Parents.ShouldBe([1]);
        report.ToString().ShouldBe("exact, 6 modules, ranks 2 to 5");
    }

    [Fact]
    public void Targets_MeanTheLayersTheParentsChanged()
    {
        Targets(config => config).ShouldBe(["k_proj", "q_proj"]);
        Targets(config => config with { TargetModules = ModuleSelection.FromNames("self_attn.k_proj", "q_proj", "absent") }).ShouldBe(["q_proj", "self_attn.k_proj"]);
        Targets(config => config with { TargetModules = ModuleSelection.AllLinear }).ShouldBe(["k_proj", "q_proj"]);

        string[] paths = ["model.layers.0.self_attn.k_proj", "model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.k_proj", "model.layers.1.self_attn.q_proj"];
        Targets(config => config with { TargetModules = ModuleSelection.FromPattern(@".*self_attn\.[qk]_proj") }).ShouldBe(paths);
        Targets(config => config with { LayersToTransform = [0, 1] }).ShouldBe(paths);
        Targets(config => config with { ExcludeModules = ModuleSelection.FromNames("vision.q_proj") }).ShouldBe(paths);

        static IEnumerable<string> Targets(Func<PeftConfig, PeftConfig> change) =>
            Samples.Run((Samples.Plain(1, endings: ["q_proj", "k_proj"]).With(change), 1)).Adapter.Config.TargetModules!.Names;
    }

    [Fact]
    public void DifferentBaseModels_AreWarnedOf()
    {
        var other = Samples.Plain(2).With(config => config with { BaseModelNameOrPath = "other/base", TaskType = "SEQ_CLS" });
        var warnings = Samples.Run((Samples.Plain(1), 1), (other, 1)).Report.Warnings;
        warnings.Length.ShouldBe(2);
        warnings[0].ShouldContain("parent0: imaginary/base, parent1: other/base");
        warnings[1].ShouldContain("SEQ_CLS");
    }

    [Theory]
    [InlineData(SafetensorsDtype.F16)]
    [InlineData(SafetensorsDtype.BF16)]
    public void NarrowType_ReportsTheRoundingItMakes(SafetensorsDtype dtype) => Samples.Check(Samples.Parents(2), parents =>
    {
        var done = Samples.Run(Samples.Recipe(parents) with { Dtype = dtype });
        var (blend, sum) = (DenseDelta.Of((done.Adapter, 1)), DenseDelta.Of(parents));
        done.Adapter.Modules.ShouldAllBe(module => module.A.Dtype == dtype && module.B.Dtype == dtype);
        done.Report.IsExact.ShouldBeFalse();
        foreach (var module in done.Report.Modules)
        {
            // The reference rounds nothing, the blend's own sum once to float: 1e-6 apart at most.
            module.RelativeError.ShouldBe(DenseDelta.Distance(blend[module.Path + ".weight"], sum[module.Path + ".weight"]), 1e-6);
            module.RelativeError.ShouldBeInRange(1e-5, 0.02);
        }
    });

    [Fact]
    public void Progress_SeesEveryModule_AndCancellationStops()
    {
        var seen = new Seen();
        var recipe = Samples.Recipe((Samples.Plain(1), 1));
        Blend.Run(recipe, progress: seen);
        seen.Paths.Count.ShouldBe(6);
        Should.Throw<OperationCanceledException>(() => Blend.Run(recipe, cancellation: new CancellationToken(canceled: true)));
    }

    private sealed class Seen : IProgress<BlendedModule>
    {
        public List<string> Paths { get; } = [];

        public void Report(BlendedModule value) => Paths.Add(value.Path);
    }
}
