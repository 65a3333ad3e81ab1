using AdapterHub.Engine.Training.Datasets;

namespace AdapterHub.Engine.Tests.Training.Datasets;

public sealed class SplitMix64Tests
{
    [Fact]
    public void SeedZero_GivesThePublishedSequence()
    {
        var random = new SplitMix64(0);
        new[] { random.Next(), random.Next(), random.Next() }.ShouldBe([0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]);
    }

    [Fact]
    public void Bounded_IsUniform()
    {
        var random = new SplitMix64(7);
        var counts = new int[6];
        for (var k = 0; k < 60_000; k++)
            counts[random.Next(6)]++;
        // 10,000 expected each, standard deviation 91: five of them.
        counts.ShouldAllBe(count => Math.Abs(count - 10_000) < 460);
    }

    [Fact]
    public void Shuffle_IsAPermutationThatDependsOnSeedPurposeAndEpoch()
    {
        int[] Shuffled(ulong seed, ulong purpose, long epoch)
        {
            var items = Enumerable.Range(0, 100).ToArray();
            SplitMix64.For(seed, purpose, epoch).Shuffle(items.AsSpan());
            return items;
        }

        var first = Shuffled(1, 1, 0);
        first.Order().ShouldBe(Enumerable.Range(0, 100));
        Shuffled(1, 1, 0).ShouldBe(first);
        Shuffled(2, 1, 0).ShouldNotBe(first);
        Shuffled(1, 2, 0).ShouldNotBe(first);
        Shuffled(1, 1, 1).ShouldNotBe(first);
    }

    [Fact]
    public void Order_IsTheSameInEveryRelease()
    {
        var items = Enumerable.Range(0, 8).ToArray();
        SplitMix64.For(42, 1, 3).Shuffle(items.AsSpan());
        items.ShouldBe([7, 5, 6, 2, 3, 1, 4, 0]);
    }
}
