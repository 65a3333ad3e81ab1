using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Components.Blending;
using AdapterHub.Web.Components.Playground;

namespace AdapterHub.Integration.Tests.Blending;

public sealed class PlaygroundPlanTests
{
    private static readonly PlaygroundPlan Full = new()
    {
        Blend = new BlendPlan { Base = "adapterhub/inkwell", Adapters = [new BlendShare("ada/psalms@v1", 0.7) { Curve = new LayerCurve(CurveShape.Rising, 8, 1, 0.5) }, new BlendShare("ben/jokes", -0.3)] },
        Second = [new BlendShare("ada/psalms@v1", 0.2), new BlendShare("ben/jokes", 1.5) { Layers = [new LayerWeight("layers.3.mlp", 0.25)], Curve = new LayerCurve(CurveShape.Late, 8) }],
        IsChat = true, System = "You are a prophet & a poet.", Turns = [new ChatTurn("Who made the sea?"), new ChatTurn("3: and why=not?", 2)], Prompt = "half a quest",
        Grid = new GridPlan(new GridAxis(2, -1, 1.5, 6), new GridAxis(1, 0, 1, 3), GridMetric.UnderBase), MeasuredFrom = "ada/rows", MeasuredText = "In the & beginning",
        HasFixedTotal = true, Tokens = 33, Temperature = 0.5, Seed = 7, Stop = "\n",
    };

    /// <summary>A link shows to another person what was there: both blends, the messages, the settings.</summary>
    [Fact]
    public void Address_HoldsBothBlendsAndTheChat()
    {
        var read = Read(Full.ToAddress());

        read.ToAddress().ShouldBe(Full.ToAddress());
        read.Blend.Adapters.Select(share => (share.Reference, share.Weight, share.Curve)).ShouldBe(Full.Blend.Adapters.Select(share => (share.Reference, share.Weight, share.Curve)));
        read.Second!.Select(share => (share.Reference, share.Weight, share.Curve)).ShouldBe(Full.Second!.Select(share => (share.Reference, share.Weight, share.Curve)));
        read.Second![1].Layers.ShouldBe([new LayerWeight("layers.3.mlp", 0.25)]);
        read.Turns.ShouldBe(Full.Turns);
        (read.Grid, read.MeasuredFrom, read.MeasuredText).ShouldBe((Full.Grid, Full.MeasuredFrom, Full.MeasuredText));
        (read.System, read.Prompt, read.IsChat).ShouldBe((Full.System, Full.Prompt, true));
    }

    [Fact]
    public void AddressThatWouldBeTooLongForARequest_KeepsAllButTheTexts()
    {
        var plan = Full with { Turns = [.. Enumerable.Repeat(new ChatTurn(new string('w', 2000)), 6)] };

        plan.ToAddress().Length.ShouldBeLessThan(8000, "the hub takes request lines of 8 KiB");
        var read = Read(plan.ToAddress());
        read.Turns.ShouldBeEmpty();
        (read.Second!.Count, read.Tokens, read.IsChat).ShouldBe((2, 33, true));
        plan.FitsAddress.ShouldBeFalse();
        Full.FitsAddress.ShouldBeTrue();
    }

    [Theory]
    [InlineData("?a=ada/x&b=much")]
    [InlineData("?b=0.5&bl=1:layers.3=2&bc=1:rising:8")]
    [InlineData("?a=ada/x&c=1:rising&c=9:rising:8&c=1:7:8&c=1:sideways:8&c=1:bell:0&c=1:bell:8:1")]
    [InlineData("?across=1:0:1:5&metric=beauty")]
    [InlineData("?a=ada/x&across=1:0:1:99&down=2:x:1:5")]
    [InlineData("?u=0:never+asked&system=&t=hot&tokens=0")]
    public void WhatIsNoPlan_IsLeftOut(string query)
    {
        var plan = PlaygroundPlan.Parse(query);

        plan.Blend.Adapters.ShouldAllBe(share => share.Curve == null && share.Weight == 1);
        (plan.Second ?? []).ShouldAllBe(share => share.Weight == 1 && share.Layers.Count == 0);
        (plan.Turns.Count, plan.Tokens, plan.Temperature).ShouldBe((0, PlaygroundPlan.UsualTokens, 0.8));
        plan.Grid.ShouldBeNull();
    }

    [Fact]
    public void Grid_MovesItsTwoWeightsAndNothingElse()
    {
        var grid = Full.Grid!;

        Enumerable.Range(0, 6).Select(grid.Across.At).ShouldBe([-1, -0.5, 0, 0.5, 1, 1.5]);
        grid.SharesAt(Full.Blend.Adapters, 1, 5).Select(share => (share.Reference, share.Weight, share.Curve)).ShouldBe([("ada/psalms@v1", 0.5, Full.Blend.Adapters[0].Curve), ("ben/jokes", 1.5, null)]);
        new GridPlan(new GridAxis(4, 0, 1, 3), new GridAxis(4, 0, 2, 3)).Fit(2).ShouldBe(new GridPlan(new GridAxis(1, 0, 1, 3), new GridAxis(2, 0, 2, 3)), "adapters that were taken out are replaced");
        grid.Fit(1).ShouldBe(new GridPlan(new GridAxis(1, -1, 1.5, 6), null, GridMetric.UnderBase));
        grid.Fit(0).ShouldBeNull();
    }

    [Fact]
    public void Lanes_AreBaseEachAdapterAndBothBlends()
    {
        Full.ToLanes().Select(lane => (lane.Label, lane.Title)).ShouldBe([("base", "Base"), ("adapter 1", "psalms"), ("adapter 2", "jokes"), ("blend", "Blend A"), ("blend B", "Blend B")]);
        Full.ToLanes()[1].Adapters.Single().ShouldSatisfyAllConditions(adapter => adapter.Weight.ShouldBe(1), adapter => adapter.Layers.ShouldBeNull("an adapter by itself is whole"));
        Full.ToLanes()[3].Signature.ShouldNotBe(Full.ToLanes()[4].Signature);
        (Full with { Second = null }).ToLanes().Select(lane => lane.Title).ShouldBe(["Base", "psalms", "jokes", "Blend"]);
        new PlaygroundPlan { Blend = new BlendPlan { Adapters = [new BlendShare("ada/x")] } }.ToLanes().Count.ShouldBe(2, "one adapter at weight 1 is its own blend");
    }

    [Fact]
    public void OtherAdapters_LeaveTheSecondBlendsWeightsOfThoseThatStay()
    {
        var plan = Full.WithBlend(Full.Blend with { Adapters = [Full.Blend.Adapters[1], new BlendShare("ada/new", 0.4)] });

        plan.Second!.Select(share => (share.Reference, share.Weight)).ShouldBe([("ben/jokes", 1.5), ("ada/new", 0.4)]);
        Full.WithBlend(new BlendPlan()).Second.ShouldBeNull();
    }

    private static PlaygroundPlan Read(string address) => PlaygroundPlan.Parse(new Uri(new Uri("http://hub"), address).Query);
}
