using AdapterHub.Torch;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Engine.Tests.Torch;

/// <summary>Every fused operator against the same mathematics composed of libtorch's own operators in f64: values and gradients.</summary>
public sealed class FusedTests
{
    /// <summary>Relative error of f32 arithmetic over sums of a few hundred terms.</summary>
    private const double Tolerance = 2e-5;

    public FusedTests() => TorchRandom.Seed(11);

    [Theory]
    [InlineData(5, 17)]
    [InlineData(64, 288)]
    public void RmsNorm_MatchesItsDefinition(long rows, long width) => Agree(
        [Tensor.Randn([rows, width]), Tensor.Randn([width])],
        inputs => Fused.RmsNorm(inputs[0], inputs[1], 1e-5),
        inputs => inputs[0] * (inputs[0] * inputs[0]).Mean(-1, true).Add_(1e-5).Rsqrt() * inputs[1]);

    [Fact]
    public void AddRmsNorm_MatchesItsDefinition_ThroughBothResults() => Agree(
        [Tensor.Randn([9, 40]), Tensor.Randn([9, 40]), Tensor.Randn([40])],
        inputs =>
        {
            var (normed, sum) = Fused.AddRmsNorm(inputs[0], inputs[1], inputs[2], 1e-6);
            return normed + sum.Sin();
        },
        inputs =>
        {
            var sum = inputs[0] + inputs[1];
            return sum * (sum * sum).Mean(-1, true).Add_(1e-6).Rsqrt() * inputs[2] + sum.Sin();
        });

    [Fact]
    public void SwiGlu_MatchesItsDefinition() => Agree(
        [Tensor.Randn([7, 33]) * 4.0, Tensor.Randn([7, 33])],
        inputs => Fused.SwiGlu(inputs[0], inputs[1]),
        inputs => inputs[0] * inputs[0].Sigmoid() * inputs[1]);

    [Fact]
    public void Rope_TurnsPairsOfHalves()
    {
        var positions = Tensor.From<long>([3, 0, 11, 5]);
        var angles = Tensor.Rand([12, 4]) * 6.0;
        Agree(
            [Tensor.Randn([4, 3, 8])],
            inputs => Fused.Rope(inputs[0], angles.Cos(), angles.Sin(), positions),
            inputs =>
            {
                var wide = angles.To(inputs[0].DType).IndexSelect(0, positions).Unsqueeze(1);
                var (first, second) = (inputs[0].Narrow(2, 0, 4), inputs[0].Narrow(2, 4, 4));
                return Tensor.Cat([first * wide.Cos() - second * wide.Sin(), second * wide.Cos() + first * wide.Sin()], 2);
            });
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    [InlineData(37, false)]
    [InlineData(37, true)]
    public void LoraLinear_MatchesItsDefinition(long rows, bool bias)
    {
        using var scope = new TensorScope();
        var weight = Tensor.Randn([19, 24]);
        var baseBias = bias ? Tensor.Randn([19]) : null;
        Agree(
            [Tensor.Randn([rows, 24]), Tensor.Randn([4, 24]), Tensor.Randn([19, 4]), Tensor.Randn([19])],
            inputs => Fused.LoraLinear(inputs[0], weight, baseBias, inputs[1], inputs[2], bias ? inputs[3] : null, 1.7, 0) + inputs[3].Sin(),
            inputs =>
            {
                var y = inputs[0].Matmul(weight.To(DType.Float64).T()) + inputs[0].Matmul(inputs[1].T()).Matmul(inputs[2].T()) * 1.7;
                return (bias ? y + baseBias!.To(DType.Float64) + inputs[3] * 1.7 : y) + inputs[3].Sin();
            });
    }

    [Fact]
    public void LoraLinear_WithDropout_ZeroesAndRescalesTheAdapterPathOnly()
    {
        using var scope = new TensorScope();
        var (x, weight) = (Tensor.Ones([2000, 8]), Tensor.Zeros([1, 8]));
        var y = Fused.LoraLinear(x, weight, null, Tensor.Ones([1, 8]), Tensor.Ones([1, 1]), null, 1, 0.25);
        y.Mean().Item().ShouldBe(8, 0.2);
        y.Sub(Tensor.Full([1], 8)).Abs().Max().Item().ShouldBeGreaterThan(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void JointLoraLinear_MatchesItsDefinition_RowByRow(bool bias)
    {
        using var scope = new TensorScope();
        var weight = Tensor.Randn([19, 24]);
        var baseBias = bias ? Tensor.Randn([19]) : null;
        // Two alike that share a product, one of another rank, one of another scale; rows 6 to 9 and 17 belong to none.
        long[] starts = [0, 3, 10, 15], rows = [3, 3, 5, 2];
        double[] scales = [1.7, 1.7, 0.5, -2];
        long[] ranks = [4, 4, 7, 4];
        Agree(
            [Tensor.Randn([18, 24]), .. ranks.Select(rank => Tensor.Randn([rank, 24])), .. ranks.Select(rank => Tensor.Randn([19, rank]))],
            inputs => Fused.JointLoraLinear(inputs[0], weight, baseBias, inputs[1..5], inputs[5..9], starts, rows, Tensor.From<double>(scales), 0).Sin(),
            inputs =>
            {
                var y = inputs[0].Matmul(weight.To(DType.Float64).T());
                if (bias)
                    y += baseBias!.To(DType.Float64);
                var parts = new List<Tensor>();
                for (var (i, next) = (0, 0L); i <= starts.Length; i++)
                {
                    var start = i < starts.Length ? starts[i] : 18;
                    if (start > next)
                        parts.Add(y.Narrow(0, next, start - next));
                    if (i == starts.Length)
                        break;
                    next = start + rows[i];
                    parts.Add(y.Narrow(0, start, rows[i]) + inputs[0].Narrow(0, start, rows[i]).Matmul(inputs[1 + i].T()).Matmul(inputs[5 + i].T()) * scales[i]);
                }

                return Tensor.Cat(parts).Sin();
            });
    }

    [Fact]
    public void LinearCrossEntropy_MatchesCrossEntropy_SkippingIgnoredLabels()
    {
        var labels = Tensor.From<long>([4, -100, 0, 12, 7]);
        var scale = Tensor.Full([1], 0.25);
        Agree(
            [Tensor.Randn([5, 6]), Tensor.Randn([13, 6])],
            inputs => Fused.LinearCrossEntropy(inputs[0], inputs[1], labels, scale),
            inputs => inputs[0].Matmul(inputs[1].T()).CrossEntropy(labels));
    }

    [Theory]
    [InlineData(0, 4, 4, 16)]
    [InlineData(0, 6, 2, 8)]
    [InlineData(5, 6, 3, 32)]
    [InlineData(100, 2, 1, 24)]
    public void Attention_StaysInsideDocumentsAndWindow(int window, int heads, int kvHeads, int width)
    {
        int[] bounds = [0, 1, 70, 70, 211, 215];
        var (cumulative, count) = (Tensor.From<int>(bounds), 215);
        var allowed = Allowed(bounds, window);
        Agree(
            [Tensor.Randn([count, heads, width]), Tensor.Randn([count, kvHeads, width]), Tensor.Randn([count, kvHeads, width])],
            inputs => Fused.Attention(inputs[0], inputs[1], inputs[2], cumulative, 141, 0.3, window),
            inputs =>
            {
                var (k, v) = (inputs[1].RepeatInterleave(heads / kvHeads, 1), inputs[2].RepeatInterleave(heads / kvHeads, 1));
                var scores = inputs[0].Transpose(0, 1).Matmul(k.Permute(1, 2, 0)) * 0.3;
                return scores.MaskedFill(allowed, double.NegativeInfinity).Softmax(-1).Matmul(v.Transpose(0, 1)).Transpose(0, 1);
            });
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 0)]
    [InlineData(4, 6)]
    public void CachedAttention_EqualsAttentionOverTheWholeText(int steps, int window)
    {
        using var scope = new TensorScope();
        var (q, k, v) = (Tensor.Randn([20, 4, 8]), Tensor.Randn([20, 2, 8]), Tensor.Randn([20, 2, 8]));
        var whole = Fused.Attention(q, k, v, Tensor.From<int>([0, 20]), 20, 0.5, window).Narrow(0, 20 - steps, steps);
        var (keys, values) = (Tensor.Randn([1, 32, 2, 8]), Tensor.Randn([1, 32, 2, 8]));
        keys.Narrow(1, 0, 20).Copy_(k);
        values.Narrow(1, 0, 20).Copy_(v);
        var cached = Fused.CachedAttention(q.Narrow(0, 20 - steps, steps).Unsqueeze(0), keys, values, Tensor.From<long>([20]), 0.5, window);
        RelativeError(cached.Squeeze(0), whole.To(DType.Float64)).ShouldBeLessThan(Tolerance);
    }

    [Fact]
    public void AdamW_FollowsThePaper()
    {
        using var scope = new TensorScope();
        var (parameter, m, v) = (Tensor.From<float>([1, -2]), Tensor.Zeros([2]), Tensor.Zeros([2]));
        double[] expected = [1, -2], first = [0, 0], second = [0, 0];
        for (var step = 1; step <= 3; step++)
        {
            float[] gradient = [0.5f * step, -0.1f];
            Fused.AdamW([parameter], [Tensor.From<float>(gradient)], [m], [v], 0.1, 0.9, 0.99, 1e-8, 0.01, step, 2);
            for (var i = 0; i < 2; i++)
            {
                var g = gradient[i] / 2;
                first[i] = 0.9 * first[i] + 0.1 * g;
                second[i] = 0.99 * second[i] + 0.01 * g * g;
                expected[i] -= 0.1 * (0.01 * expected[i] + first[i] / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.99, step))) + 1e-8));
            }
        }

        parameter.ToArray<float>()[0].ShouldBe((float)expected[0], 1e-5);
        parameter.ToArray<float>()[1].ShouldBe((float)expected[1], 1e-5);
    }

    private static Tensor Allowed(int[] bounds, int window)
    {
        var count = bounds[^1];
        var forbidden = new bool[count * count];
        for (var row = 0; row < count; row++)
            for (var column = 0; column < count; column++)
            {
                var sameDocument = bounds.Count(bound => bound <= row) == bounds.Count(bound => bound <= column);
                forbidden[row * count + column] = !(sameDocument && column <= row && (window == 0 || row - column < window));
            }

        return Tensor.From<bool>(forbidden, count, count);
    }

    private static void Agree(Tensor[] inputs, Func<Tensor[], Tensor> fused, Func<Tensor[], Tensor> composed)
    {
        using var scope = new TensorScope();
        var wide = inputs.Select(input => Leaf(input.Detach().To(DType.Float64))).ToArray();
        var narrow = inputs.Select(input => Leaf(input.Detach().Clone())).ToArray();
        var (actual, expected) = (fused(narrow), composed(wide));
        RelativeError(actual, expected).ShouldBeLessThan(Tolerance, "value");
        var gradient = Tensor.Randn(expected.Shape, DType.Float64);
        expected.Backward(gradient);
        actual.Backward(gradient.To(DType.Float32));
        for (var i = 0; i < inputs.Length; i++)
        {
            if (wide[i].Grad is { } reference)
                RelativeError(narrow[i].Grad.ShouldNotBeNull($"gradient {i}"), reference).ShouldBeLessThan(Tolerance, $"gradient {i}");
        }
    }

    private static Tensor Leaf(Tensor tensor)
    {
        tensor.RequiresGrad = true;
        return tensor;
    }

    private static double RelativeError(Tensor actual, Tensor expected)
    {
        using var mode = Grad.Disable();
        return ((actual.To(DType.Float64) - expected).Norm() / expected.Norm().Add_(1e-30)).Item();
    }
}
