using AdapterHub.Formats;

namespace AdapterHub.Engine.Tests.Blending;

/// <summary>DARE draws random numbers, so its parts are told apart by blending one parent at a time with the same places and seed.</summary>
public sealed class DareTests
{
    private static readonly (LoraAdapter Adapter, double Weight)[] Parents = [(Samples.Plain(1, rank: 3), 0.7), (Samples.Plain(2, rank: 20), -0.4), (Samples.Random(5), 1.2)];

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void Elements_AreDroppedOrDividedByTheDensity(double density)
    {
        var (kept, all) = (0, 0);
        var delta = DenseDelta.Of((Parents[0].Adapter, 1));
        var blend = Blend(Recipe(density, (Parents[0].Adapter, 1)));
        foreach (var name in delta.Names)
        {
            var largest = delta[name].Max(Math.Abs);
            foreach (var (made, value) in blend[name].Zip(delta[name]))
            {
                var isDropped = Math.Abs(made) < 1e-5 * largest;
                (isDropped || Math.Abs(made - value / density) < 1e-5 * largest || Math.Abs(value) < 1e-4 * largest).ShouldBeTrue();
                (kept, all) = (kept + (isDropped ? 0 : 1), all + 1);
            }
        }

        // Four standard deviations of a binomial distribution; the seed is fixed.
        ((double)kept / all).ShouldBe(density, 4 * Math.Sqrt(density * (1 - density) / all));
    }

    [Fact]
    public void Linear_IsTheSumOfItsPartsAlone()
    {
        var parts = Enumerable.Range(0, 3).Select(Alone).ToList();
        var names = parts.SelectMany(part => part.Names).Distinct(StringComparer.Ordinal);
        var sum = DenseDelta.From(names.Select(name => KeyValuePair.Create(name,
            parts.Where(part => part.Names.Contains(name)).Select(part => part[name]).Aggregate((left, right) => [.. left.Zip(right, (x, y) => x + y)]))));
        Blend(Recipe(0.5, Parents)).ShouldEqual(sum, 5e-6);
    }

    [Fact]
    public void Ties_ElectsSignsAmongTheParts()
    {
        var parts = Enumerable.Range(0, 3).Select(Alone).ToList();
        var blend = Blend(Recipe(0.5, Parents) with { Method = BlendMethod.DareTies });
        foreach (var name in blend.Names)
        {
            // What was dropped is not exactly 0 after the way through factors; rounding must not vote.
            var sources = parts.Where(part => part.Names.Contains(name)).Select(part => Array.ConvertAll(part[name], value => Math.Abs(value) < 1e-4 ? 0 : value)).ToList();
            DenseDelta.Distance(blend[name], ReferenceBlend.Elect(sources, MajoritySign.Total)).ShouldBeLessThan(1e-3, name);
        }
    }

    [Fact]
    public void Seed_DecidesTheElements()
    {
        var recipe = Recipe(0.5, Parents);
        Blend(recipe).ShouldEqual(Blend(recipe), 0);
        var other = Blend(recipe with { Seed = 8 });
        DenseDelta.Distance(other["model.layers.0.self_attn.q_proj.weight"], Blend(recipe)["model.layers.0.self_attn.q_proj.weight"]).ShouldBeGreaterThan(0.3);
    }

    [Fact]
    public void Expectation_OverSeeds_IsTheWeightedSum()
    {
        const int seeds = 60;
        (LoraAdapter, double)[] parents = [(Samples.Plain(1, endings: "q_proj"), 0.7), (Samples.Plain(2, endings: "q_proj"), -0.4)];
        const string name = "model.layers.0.self_attn.q_proj.weight";
        var mean = new double[240];
        for (ulong seed = 0; seed < seeds; seed++)
        {
            var values = Blend(Recipe(0.5, parents) with { Seed = seed })[name];
            for (var i = 0; i < mean.Length; i++)
                mean[i] += values[i] / seeds;
        }

        // One draw is off by about sqrt((1 - p) / p) = 1 of the parents' norms; the mean of n by 1 / sqrt(n).
        DenseDelta.Distance(mean, DenseDelta.Of(parents)[name]).ShouldBeLessThan(1.5 / Math.Sqrt(seeds));
    }

    /// <summary>The part of one parent, at its place among the others.</summary>
    private static DenseDelta Alone(int place) => Blend(Recipe(0.5, [.. Parents.Select((parent, index) => (parent.Adapter, index == place ? parent.Weight : 0))]));

    private static BlendRecipe Recipe(double density, params (LoraAdapter, double)[] parents) =>
        Samples.Recipe(parents) with { Method = BlendMethod.DareLinear, Density = density, Seed = 7, Rank = 200 };

    private static DenseDelta Blend(BlendRecipe recipe) => DenseDelta.Of((Samples.Run(recipe).Adapter, 1));
}
