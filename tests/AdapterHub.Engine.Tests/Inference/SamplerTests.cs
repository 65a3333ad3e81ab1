using AdapterHub.Engine.Inference;
using AdapterHub.Engine.Inference.Lanes;
using AdapterHub.Engine.Tests.Blending;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Inference;

/// <summary>Sampling against its definition over the fully sorted vocabulary.</summary>
public sealed class SamplerTests
{
    [Fact]
    public void Next_IsTheDrawOverTheSortedVocabulary() => Samples.Check(
        from seed in Gen.Choose(0, 1_000_000)
        from temperature in Gen.Elements(0.1, 0.8, 1.0, 3.0, 50.0)
        from topK in Gen.Elements(0, 1, 7, 400)
        from topP in Gen.Elements(1.0, 0.95, 0.5, 0.01)
        from minP in Gen.Elements(0.0, 0.05, 1e-6)
        from penalty in Gen.Elements(1.0, 1.4)
        select (seed, new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP, RepetitionPenalty = penalty, Seed = (ulong)seed }),
        sample =>
        {
            var random = new Random(sample.seed);
            var sampler = new Sampler(sample.Item2);
            var state = sample.Item2.Seed;
            List<int> previous = [3, 4];
            for (var step = 0; step < 5; step++)
            {
                var logits = Enumerable.Range(0, 600).Select(_ => (float)(random.NextDouble() * 14 - 7)).ToArray();
                var expected = Reference(logits, sample.Item2, previous, ref state);
                var token = sampler.Next(logits, previous);
                token.ShouldBe(expected);
                previous.Add(token);
            }
        }, count: 200);

    [Fact]
    public void Greedy_TakesTheLargest() => new Sampler(SamplingOptions.Greedy).Next([0.5f, 2, 1.5f], []).ShouldBe(1);

    [Fact]
    public void TokenScore_IsTheLogarithmOfTheSoftmax()
    {
        var random = new Random(2);
        var logits = Enumerable.Range(0, 1300).Select(_ => (float)(random.NextDouble() * 30 - 15)).ToArray();
        var total = logits.Sum(logit => Math.Exp(logit));
        var score = TokenScore.Of(logits, 17, 4);
        ((double)score.LogProbability).ShouldBe(logits[17] - Math.Log(total), 1e-5);
        score.Alternatives.Select(alternative => alternative.Token).ShouldBe(Enumerable.Range(0, 1300).OrderByDescending(token => logits[token]).Take(4));
        ((double)score.Alternatives[3].LogProbability).ShouldBe(logits.OrderDescending().ElementAt(3) - Math.Log(total), 1e-5);
    }

    private static int Reference(float[] logits, SamplingOptions options, List<int> previous, ref ulong state)
    {
        var penalty = (float)options.RepetitionPenalty;
        var z = logits.Select((logit, token) => !previous.Contains(token) ? logit : logit > 0 ? logit / penalty : logit * penalty).ToArray();
        var order = Enumerable.Range(0, z.Length).OrderByDescending(token => z[token]).ThenBy(token => token).ToList();
        var weights = order.Select(token => Math.Exp((z[token] - z[order[0]]) / options.Temperature)).ToList();
        var (kept, mass) = (0, 0.0);
        while (kept < order.Count && (kept == 0 || ((options.TopK == 0 || kept < options.TopK) && weights[kept] >= options.MinP && mass < options.TopP * weights.Sum())))
            mass += weights[kept++];
        var draw = Uniform(ref state) * mass;
        for (var i = 0; i < kept; i++)
            if ((draw -= weights[i]) < 0)
                return order[i];
        return order[kept - 1];
    }

    private static double Uniform(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
