using AdapterHub.Engine.Blending;
using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Engine.Tests.Blending;

/// <summary>A DoRA adapter's change is the true difference of the weights, W' - W_0, so it needs the base.</summary>
public sealed class DoraTests : IDisposable
{
    private const double Tolerance = 3e-6;
    private static readonly BlendBaseModel Named = new() { Name = "imaginary/base" };
    private readonly BlendTestFolder _folder = new();
    private readonly Dictionary<string, AdapterTensor> _weights = new(StringComparer.Ordinal);

    public DoraTests()
    {
        var random = new Random(9);
        foreach (var module in Samples.Plain(1).Modules)
            _weights[module.Path] = Samples.Normal(random, module.B.Shape[0], module.A.Shape[1]);
        WriteBase();
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(BlendMethod.LowRank)]
    [InlineData(BlendMethod.TaskArithmetic)]
    [InlineData(BlendMethod.Ties)]
    [InlineData(BlendMethod.MagnitudePrune)]
    [InlineData(BlendMethod.Slerp)]
    public void Methods_WorkOnTheTrueDifference(BlendMethod method)
    {
        var (dora, plain) = (Dora(1), Samples.Plain(2, rank: 3));
        var recipe = Samples.Recipe((dora, 0.7), (plain, method == BlendMethod.Slerp ? 0.4 : -0.4)) with { Method = method, Rank = 200, Density = method.Prunes() ? 0.4 : null, BaseModel = Named };
        var done = Run(recipe);
        // The reference takes the difference in full, as an adapter of full rank whose A is the identity.
        var expected = ReferenceBlend.Of(recipe with { Parents = [recipe.Parents[0] with { Adapter = InFull(dora) }, recipe.Parents[1]] });
        DenseDelta.Of((done.Adapter, 1)).ShouldEqual(expected, Tolerance);
        done.Report.IsExact.ShouldBeTrue();
        done.Adapter.Config.UseDora.ShouldBeFalse();
        done.Recipe.BaseModel!.Digest!.Length.ShouldBe(64);
    }

    [Fact]
    public void LowRank_SaysWhatTheRankLoses()
    {
        var dora = Dora(1);
        var done = Run(Samples.Recipe((dora, 1)) with { Method = BlendMethod.LowRank, Rank = 4, BaseModel = Named });
        var (blend, whole) = (DenseDelta.Of((done.Adapter, 1)), DenseDelta.Of((InFull(dora), 1)));
        foreach (var module in done.Report.Modules)
        {
            var dense = whole[module.Path + ".weight"];
            var values = DenseDelta.SingularValues(dense, (int)dora.Modules.Single(part => part.Path == module.Path).A.Shape[1]);
            var tail = Math.Sqrt(values.Skip(4).Sum(value => value * value) / values.Sum(value => value * value));
            module.RelativeError.ShouldBe(tail, Tolerance);
            DenseDelta.Distance(blend[module.Path + ".weight"], dense).ShouldBe(tail, Tolerance);
        }

        done.Report.RelativeError.ShouldBeGreaterThan(0.02);
    }

    [Fact]
    public void WithoutARank_TheLargestOfTheParentsIsTaken() =>
        Run(Samples.Recipe((Dora(1), 1), (Samples.Plain(2, rank: 6), 1)) with { Method = BlendMethod.TaskArithmetic, BaseModel = Named })
            .Report.Modules.ShouldAllBe(module => module.Rank <= 6);

    [Fact]
    public void WhereItCannotBeWorkedOut_ItIsRefusedWithTheReason()
    {
        var recipe = Samples.Recipe((Samples.Plain(2), 1), (Dora(1), 0.5));
        Refusal(recipe).ShouldStartWith("parent1: this is a DoRA adapter");
        Refusal(recipe with { Method = BlendMethod.KnotsTies, Density = 0.5, BaseModel = Named }).ShouldContain("low_rank");
        Refusal(recipe with { Method = BlendMethod.PeftLinear }).ShouldContain("low_rank");
        Samples.Refusal(recipe with { Method = BlendMethod.LowRank, Rank = 4, BaseModel = Named }).ShouldHaveSingleItem().Problem.ShouldContain("without the base model's weights");

        var path = Dora(1).Modules[0].Path;
        _weights[path] = Samples.Normal(new Random(1), 5, 5);
        WriteBase();
        Refusal(recipe with { Method = BlendMethod.LowRank, Rank = 4, BaseModel = Named }).ShouldContain("another shape");
        _weights.Remove(path);
        WriteBase();
        Refusal(recipe with { Method = BlendMethod.LowRank, Rank = 4, BaseModel = Named }).ShouldContain(path);
    }

    [Fact]
    public void AnotherBase_IsRefusedByItsDigest()
    {
        var recipe = Run(Samples.Recipe((Dora(1), 1)) with { Method = BlendMethod.LowRank, Rank = 4, BaseModel = Named }).Recipe;
        Run(recipe).Recipe.BaseModel.ShouldBe(recipe.BaseModel);
        _weights["model.layers.0.self_attn.q_proj"] = Samples.Normal(new Random(10), 20, 12);
        WriteBase();
        Should.Throw<AdapterFormatException>(() => Run(recipe)).Findings.ShouldHaveSingleItem().Tensor.ShouldBe("base_model");
    }

    [Fact]
    public void TransposedBase_OfGpt2_IsTurned()
    {
        var dora = Dora(1);
        var expected = Run(Samples.Recipe((dora, 1)) with { Method = BlendMethod.LowRank, Rank = 200, BaseModel = Named });
        foreach (var (path, weight) in _weights.ToList())
        {
            var (rows, columns) = ((int)weight.Shape[0], (int)weight.Shape[1]);
            var values = weight.ToSingles();
            _weights[path] = AdapterTensor.FromSingles([.. Enumerable.Range(0, columns).SelectMany(c => Enumerable.Range(0, rows).Select(r => values[r * columns + c]))], [columns, rows]);
        }

        WriteBase();
        var turned = dora.With(config => config with { FanInFanOut = true }) with { Modules = [.. dora.Modules.Select(module => module with { FanInFanOut = true })] };
        var found = Run(Samples.Recipe((turned, 1)) with { Method = BlendMethod.LowRank, Rank = 200, BaseModel = Named });
        found.Adapter.Modules.Select(module => module.A).ShouldBe(expected.Adapter.Modules.Select(module => module.A));
    }

    /// <summary>LoRA factors, and magnitudes some way off the norms that training would start from.</summary>
    private LoraAdapter Dora(int seed)
    {
        var random = new Random(seed);
        var adapter = Samples.Plain(seed, rank: 3, alpha: 4);
        return adapter.With(config => config with { UseDora = true }) with
        {
            Modules = [.. adapter.Modules.Select(module => module with
            {
                Magnitude = AdapterTensor.FromSingles(
                    [.. Changed(module).Chunk((int)module.A.Shape[1]).Select(row => (float)(Math.Sqrt(row.Sum(value => value * value)) * (0.8 + 0.4 * random.NextDouble())))],
                    [module.B.Shape[0]]),
            })],
        };
    }

    /// <summary>W' - W_0 as a LoRA module whose A is the identity; B loses nothing, it is compared in float.</summary>
    private LoraAdapter InFull(LoraAdapter dora) => dora.With(config => config with { UseDora = false }) with
    {
        Modules = [.. dora.Modules.Select(module =>
        {
            var (inputs, weights, m) = ((int)module.A.Shape[1], _weights[module.Path].ToSingles(), module.Magnitude!.ToSingles());
            var difference = Changed(module).Chunk(inputs).SelectMany((row, o) =>
            {
                var norm = Math.Sqrt(row.Sum(value => value * value));
                return row.Select((value, i) => (float)(m[o] * value / norm - weights[o * inputs + i]));
            }).ToArray();
            var identity = new float[inputs * inputs];
            for (var i = 0; i < inputs; i++)
                identity[i * inputs + i] = 1;
            return module with
            {
                A = AdapterTensor.FromSingles(identity, [inputs, inputs]), B = AdapterTensor.FromSingles(difference, [module.B.Shape[0], inputs]), Magnitude = null, Rank = inputs, Alpha = inputs,
            };
        })],
    };

    /// <summary>W_0 + s B A</summary>
    private double[] Changed(LoraModule module)
    {
        var delta = DenseDelta.Of((new LoraAdapter { Config = new(), Modules = [module with { FanInFanOut = false }] }, 1))[module.Path + ".weight"];
        return [.. delta.Zip(_weights[module.Path].ToSingles(), (change, weight) => change + weight)];
    }

    private void WriteBase()
    {
        Directory.CreateDirectory(_folder["base"]);
        SafetensorsCheckpointWriter.Write(_folder["base"], new Dictionary<string, string>(),
            [.. _weights.Select(weight => new SafetensorsSource($"{weight.Key}.weight", weight.Value.Dtype, weight.Value.Shape, stream => stream.Write(weight.Value.Bytes.Span)))], long.MaxValue);
    }

    private BlendResult.Done Run(BlendRecipe recipe)
    {
        using var model = BaseWeights.Open(_folder["base"]);
        return Blend.Run(recipe, baseModel: model).ShouldBeOfType<BlendResult.Done>();
    }

    private string Refusal(BlendRecipe recipe)
    {
        using var model = BaseWeights.Open(_folder["base"]);
        return Blend.Run(recipe, baseModel: model).ShouldBeOfType<BlendResult.Refused>().ToString();
    }
}
