using AdapterHub.Engine.Blending;
using AdapterHub.Engine.Blending.Dense;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Blending;

/// <summary>Matrices of several bands; those of the other tests fit into one.</summary>
public sealed class DenseTests
{
    private const int Outputs = 1500;
    private const int Inputs = 900;

    [Fact]
    public void Threshold_IsTheMagnitudeOfThatRank()
    {
        var values = Random(1, Outputs * Inputs);
        var sorted = values.Select(Math.Abs).OrderDescending().ToArray();
        var rows = new ArrayRows(values, Inputs);
        rows.BandRows.ShouldBeLessThan(rows.Rows);
        foreach (var rank in new[] { 1, 2, 1000, values.Length / 2, values.Length - 1, values.Length })
            MagnitudeThreshold.Find(rows, rank).ShouldBe(sorted[rank - 1]);
    }

    [Fact]
    public void Threshold_AmongEqualsAndZeros_IsFound()
    {
        // More equal elements than are sorted in memory, so that every histogram is needed.
        double[] values = [.. Enumerable.Repeat(-0.1, 1_100_000), .. Enumerable.Repeat(0.0, 100_000), 0.3, -0.2, .. Enumerable.Repeat(0.1, 199_998)];
        var rows = new ArrayRows(values, 1000);
        MagnitudeThreshold.Find(rows, 1).ShouldBe(0.3);
        MagnitudeThreshold.Find(rows, 2).ShouldBe(0.2);
        MagnitudeThreshold.Find(rows, 3).ShouldBe(0.1);
        MagnitudeThreshold.Find(rows, 1_300_000).ShouldBe(0.1);
        MagnitudeThreshold.Find(rows, 1_300_001).ShouldBe(0);
    }

    [Theory]
    [InlineData(Outputs, Inputs)]
    [InlineData(Inputs, Outputs)]
    public void BandedSvd_FindsFactorsOfALayerThatIsWideOrTall(int outputs, int inputs)
    {
        const int rank = 7;
        var shape = new LayerShape(outputs, inputs, [inputs]);
        var (b, a) = (Singles(1, outputs * rank), Singles(2, rank * inputs));
        var rows = FactorRows.Of(shape, a, b, -0.3);
        rows.Width.ShouldBe(Inputs);

        var (factors, values) = BandedSvd.Truncate(rows, shape, 20, Device.Cpu);
        factors.Rank.ShouldBe(rank, "no factors of rounding");
        values.Length.ShouldBe(Inputs);
        var exact = StackedFactors.From(shape, Array.ConvertAll(a, value => -0.3f * value), b, rank);
        var (distance, norm) = LowRank.Compare(exact, factors);
        (distance / norm).ShouldBeLessThan(3e-7);
        BandedSvd.Compare(rows, factors).ShouldSatisfyAllConditions(
            found => found.Norm.ShouldBe(norm, 1e-6 * norm), found => found.Distance.ShouldBeLessThan(3e-7 * norm));
        var (_, expected) = LowRank.Truncate(exact, 3, Device.Cpu);
        values.Take(rank).Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-6 * expected[0]);
    }

    [Fact]
    public void RandomPruning_DoesNotHangOnTheBands()
    {
        var whole = Random(3, 5000);
        var parts = (double[])whole.Clone();
        var pruning = RandomPruning.Of(5, 0, "layer", 0.4);
        pruning.Apply(whole, 0);
        for (var start = 0; start < parts.Length; start += 777)
            pruning.Apply(parts.AsSpan(start, Math.Min(777, parts.Length - start)), start);
        parts.ShouldBe(whole);
    }

    private static double[] Random(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
    }

    private static float[] Singles(int seed, int count) => Array.ConvertAll(Random(seed, count), value => (float)value);
}
