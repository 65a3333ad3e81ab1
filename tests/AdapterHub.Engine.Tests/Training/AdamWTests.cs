using AdapterHub.Engine.Training;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Training;

public sealed class AdamWTests
{
    /// <summary>f32 against f64 over three steps.</summary>
    private const double Tolerance = 2e-6;

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1e6)]
    public void Step_FollowsThePaper_WithClippingAndDecayOfMatricesOnly(double clip)
    {
        using var scope = new TensorScope();
        TorchRandom.Seed(1);
        var (matrix, vector) = (Tensor.Randn([3, 4]), Tensor.Randn([5]));
        (matrix.RequiresGrad, vector.RequiresGrad) = (true, true);
        var expected = new[] { new Reference(matrix, 0.2), new Reference(vector, 0) };
        using var optimizer = new AdamW([("m", matrix), ("v", vector)], new AdamWSettings(0.9, 0.99, 1e-8, 0.2, clip));
        for (var step = 1; step <= 3; step++)
        {
            Tensor[] gradients = [Tensor.Randn([3, 4]), Tensor.Randn([5])];
            (matrix.Grad, vector.Grad) = (gradients[0].Clone(), gradients[1].Clone());
            var norm = Math.Sqrt(gradients.Sum(gradient => gradient.ToArray<float>().Sum(value => (double)value * value)));
            optimizer.Step(Tensor.Full([1], 0.01)).Item().ShouldBe(norm, 1e-5);
            for (var k = 0; k < 2; k++)
                expected[k].Step(gradients[k], step, 0.01, clip > 0 ? Math.Max(1, norm / clip) : 1);
        }

        optimizer.StepCount.ShouldBe(3);
        expected[0].ShouldEqual(matrix);
        expected[1].ShouldEqual(vector);
    }

    [Fact]
    public void Step_GradientsNotFinite_ChangesNothing()
    {
        using var scope = new TensorScope();
        var parameter = Tensor.Ones([2, 2]);
        parameter.RequiresGrad = true;
        using var optimizer = new AdamW([("p", parameter)], new AdamWSettings(0.9, 0.999, 1e-8, 0.1, 1));
        parameter.Grad = Tensor.Full([2, 2], double.PositiveInfinity);
        double.IsFinite(optimizer.Step(Tensor.Full([1], 0.1)).Item()).ShouldBeFalse();
        parameter.ToArray<float>().ShouldAllBe(value => value == 1);
        optimizer.State.SelectMany(state => state.Value.ToArray<float>()).ShouldAllBe(value => value == 0);
        optimizer.StepCount.ShouldBe(0);
    }

    [Fact]
    public void Step_MoreParametersThanOneCallReturns_TakesTheNormOfAll()
    {
        using var scope = new TensorScope();
        var parameters = Enumerable.Range(0, 150).Select(index => ($"p{index}", Tensor.Zeros([2]))).ToArray();
        foreach (var (_, parameter) in parameters)
        {
            parameter.RequiresGrad = true;
            parameter.Grad = Tensor.Ones([2]);
        }

        using var optimizer = new AdamW(parameters, new AdamWSettings(0.9, 0.999, 1e-8, 0, 1));
        optimizer.Step(Tensor.Full([1], 0.1)).Item().ShouldBe(Math.Sqrt(300), 1e-4);
    }

    [Fact]
    public void Step_ParameterOutsideTheLoss_IsNamed()
    {
        using var scope = new TensorScope();
        var parameter = Tensor.Ones([2, 2]);
        parameter.RequiresGrad = true;
        using var optimizer = new AdamW([("lonely", parameter)], new AdamWSettings(0.9, 0.999, 1e-8, 0, 1));
        Should.Throw<InvalidOperationException>(() => optimizer.Step(Tensor.Full([1], 0.1))).Message.ShouldContain("lonely");
    }

    /// <summary>Algorithm 2 of Loshchilov and Hutter (2019) in f64.</summary>
    private sealed class Reference(Tensor start, double decay)
    {
        private readonly double[] _p = [.. start.ToArray<float>().Select(value => (double)value)];
        private readonly double[] _m = new double[start.Count];
        private readonly double[] _v = new double[start.Count];

        public void Step(Tensor gradient, int step, double rate, double divisor)
        {
            var g = gradient.ToArray<float>();
            for (var i = 0; i < _p.Length; i++)
            {
                var scaled = g[i] / divisor;
                _m[i] = 0.9 * _m[i] + 0.1 * scaled;
                _v[i] = 0.99 * _v[i] + 0.01 * scaled * scaled;
                _p[i] -= rate * (_m[i] / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(_v[i] / (1 - Math.Pow(0.99, step))) + 1e-8) + decay * _p[i]);
            }
        }

        public void ShouldEqual(Tensor actual)
        {
            var values = actual.ToArray<float>();
            for (var i = 0; i < values.Length; i++)
                ((double)values[i]).ShouldBe(_p[i], Tolerance);
        }
    }
}
