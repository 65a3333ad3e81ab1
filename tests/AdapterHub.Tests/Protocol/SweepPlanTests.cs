using System.Text.Json;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Tests.Protocol;

public sealed class SweepPlanTests
{
    private static readonly TrainSpec Spec = new() { Base = "b", Output = "o", Data = new TextSource { Files = ["t"] }, Lora = new LoraSettings { Rank = 2 }, Loop = new LoopSettings { Steps = 9 } };

    [Fact]
    public void Grid_MakesEveryCombinationOnce_AndLeavesTheRest()
    {
        var points = Plan(("rank", "4 8"), ("rate", "1e-4 3e-4 1e-3")).Expand(Spec, 10, out var problems);

        problems.ShouldBeEmpty();
        points.Select(point => (point.Spec.Lora.Rank, point.Spec.Loop.LearningRate)).ShouldBe([(4, 1e-4), (4, 3e-4), (4, 1e-3), (8, 1e-4), (8, 3e-4), (8, 1e-3)]);
        points.ShouldAllBe(point => point.Spec.Loop.Steps == 9 && point.Spec.Base == "b");
        points[0].Label.ShouldBe("rank 4, rate 0.0001");
    }

    [Fact]
    public void List_GoesWithAllOfTheGrid()
    {
        var plan = Plan(("seed", "1 2")) with
        {
            List = [new Dictionary<string, JsonElement> { ["lora.rank"] = SweepPlan.Value("4"), ["lora.alpha"] = SweepPlan.Value("8") }, new Dictionary<string, JsonElement> { ["targets"] = SweepPlan.Value("q_proj+v_proj") }],
        };

        var points = plan.Expand(Spec, 10, out var problems);

        problems.ShouldBeEmpty();
        points.Select(point => (point.Spec.Lora.Rank, point.Spec.Lora.Alpha, string.Join('|', point.Spec.Lora.Targets), point.Spec.Loop.Seed))
            .ShouldBe([(4, 8, "all-linear", 1UL), (4, 8, "all-linear", 2UL), (2, 32, "q_proj|v_proj", 1UL), (2, 32, "q_proj|v_proj", 2UL)]);
        points[2].Label.ShouldBe("targets q_proj+v_proj, seed 1");
    }

    [Theory]
    [InlineData("rank", "4", "at least two runs")]
    [InlineData("rank", "4 8 4", "2 of the combinations are the same run: rank 4.")]
    [InlineData("rank", "1 2 3 4 5 6 7 8 9 10 11", "make 11 runs, and a sweep has at most 10")]
    [InlineData("rnak", "4 8", "cannot be")]
    [InlineData("lora.rnak", "4 8", "cannot be")]
    [InlineData("lore.rank", "4 8", "lore.rank is no setting")]
    [InlineData("rank", "4 many", "rank = many cannot be")]
    [InlineData("rank", "4 8.5", "rank = 8.5 cannot be")]
    [InlineData("kind", "train evaluate", "kind is not a setting that runs differ in")]
    [InlineData("output", "/etc /tmp", "output is not a setting that runs differ in")]
    public void PlanThatCannotBe_IsSaidInWords(string setting, string values, string words)
    {
        Plan((setting, values)).Expand(Spec, 10, out var problems).ShouldBeEmpty();
        string.Join(' ', problems).ShouldContain(words);
    }

    [Fact]
    public void HugeGrid_IsRefusedBeforeItIsMade()
    {
        var many = string.Join(' ', Enumerable.Range(1, 1000));
        Plan(("rank", many), ("seed", many), ("steps", many), ("batch", many)).Expand(Spec, 48, out var problems).ShouldBeEmpty();
        problems.ShouldHaveSingleItem().ShouldContain("at most 48");
    }

    private static SweepPlan Plan(params (string Setting, string Values)[] axes) => new()
    {
        Grid = axes.ToDictionary(axis => axis.Setting, axis => (IReadOnlyList<JsonElement>)[.. axis.Values.Split(' ').Select(SweepPlan.Value)], StringComparer.Ordinal),
    };
}
