using AdapterHub.Catalog.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Catalog.Runs;

public sealed class DownsamplingTests
{
    [Fact]
    public void AnySeries_KeepsItsExtremesItsEndsAndItsOrder()
    {
        var values = Gen.ListOf(Gen.Choose(-1000, 1000), 500);
        Prop.ForAll(Arb.From(values), Arb.From(Gen.Choose(4, 200)), (list, most) =>
        {
            MetricPoint[] points = [.. list.Select((value, index) => new MetricPoint(3 * index, value))];
            var kept = Downsampling.Thin(points, most);
            if (points.Length == 0)
                return kept.Count == 0;
            return kept.Count <= Math.Max(most, 4) && kept.All(points.Contains) && kept.Select(p => p.Step).SequenceEqual(kept.Select(p => p.Step).Order().Distinct())
                && kept.Min(p => p.Value) == points.Min(p => p.Value) && kept.Max(p => p.Value) == points.Max(p => p.Value)
                && kept[0] == points[0] && kept[^1] == points[^1];
        }).Check(Config.QuickThrowOnFailure.WithReplay(4711, 1));
    }

    [Fact]
    public void ShortSeries_StaysAsItIs()
    {
        MetricPoint[] points = [new(1, 3), new(2, 1), new(5, 2)];

        Downsampling.Thin(points, 10).ShouldBe(points);
    }
}
