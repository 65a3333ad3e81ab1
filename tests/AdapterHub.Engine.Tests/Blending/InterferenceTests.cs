using System.Text.Json;
using AdapterHub.Engine.Blending.Interference;
using AdapterHub.Formats;

namespace AdapterHub.Engine.Tests.Blending;

public sealed class InterferenceTests
{
    [Fact]
    public void Numbers_AreThoseOfTheFullMatrices() => Samples.Check(Samples.Parents(3), parents =>
    {
        var counting = parents.Where(parent => parent.Weight != 0).ToList();
        var report = InterferenceMeasurement.Run(Samples.Recipe(parents));
        var deltas = counting.Select(parent => DenseDelta.Of(parent)).ToList();
        for (var place = 0; place < counting.Count; place++)
            report.Adapters[place].Norm.ShouldBe(Norm(Weights(deltas[place])), 1e-6 * report.Adapters[place].Norm);
        foreach (var pair in report.Pairs)
        {
            var (left, right) = (deltas[pair.First], deltas[pair.Second]);
            var shared = Names(left).Intersect(Names(right), StringComparer.Ordinal).ToList();
            pair.Modules.Select(module => module.Path + ".weight").ShouldBe(shared.Order(StringComparer.Ordinal));
            pair.Cosine.ShouldBe(shared.Sum(name => Dot(left[name], right[name])) / (Norm(Weights(left)) * Norm(Weights(right))), 1e-6);
            if (shared.Count > 0)
                pair.SignConflict.ShouldBe(Conflict(shared.SelectMany(name => left[name]), shared.SelectMany(name => right[name])), 1e-9);
            foreach (var module in pair.Modules)
            {
                var (x, y) = (left[module.Path + ".weight"], right[module.Path + ".weight"]);
                module.Cosine.ShouldBe(Dot(x, y) / (Norm(x) * Norm(y)), 1e-6);
                module.SignConflict.ShouldBe(Conflict(x, y), 1e-9);
                module.IsSampled.ShouldBeFalse();
            }
        }
    });

    [Fact]
    public void Angles_AreThoseOfTheColumnAndRowSpaces()
    {
        // Columns: the first axis in common, the second turned by 30 degrees. Rows: none in common.
        var (one, two) = (Planted([[1, 0, 0, 0], [0, 1, 0, 0]], [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0]]),
            Planted([[1, 0, 0, 0], [0, (float)Math.Cos(Math.PI / 6), (float)Math.Sin(Math.PI / 6), 0]], [[0, 0, 1, 0, 0], [0, 0, 1, 1, 0]]));
        var module = InterferenceMeasurement.Run(Samples.Recipe((one, 1), (two, -0.5))).Pairs.ShouldHaveSingleItem().Modules.ShouldHaveSingleItem();
        module.OutputAngles.ShouldBe([0, 30]);
        module.InputAngles.ShouldBe([90, 90]);
        module.OutputOverlap.ShouldBe(0.875, 1e-6);
        module.InputOverlap.ShouldBe(0, 1e-6);
        module.Cosine.ShouldBe(0, 1e-9);
    }

    [Fact]
    public void DirectionsThatAreOnlyRounding_HaveNoAngles()
    {
        var flat = Planted([[1, 0, 0, 0], [2, 0, 0, 0]], [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0]]);
        InterferenceMeasurement.Run(Samples.Recipe((flat, 1), (flat, 1))).Pairs[0].Modules[0].OutputAngles.ShouldBe([0]);
    }

    [Fact]
    public void LargeModule_IsSampledNearTheTruth()
    {
        var (one, two) = (Large(1), Large(2));
        var mixed = one with { Modules = [one.Modules[0] with { B = Add(one.Modules[0].B, two.Modules[0].B) }] };
        var module = InterferenceMeasurement.Run(Samples.Recipe((one, 1), (mixed, 1))).Pairs[0].Modules[0];
        module.IsSampled.ShouldBeTrue();
        var conflict = Conflict(DenseDelta.Of((one, 1))["layer.weight"], DenseDelta.Of((mixed, 1))["layer.weight"]);
        conflict.ShouldBeInRange(0.05, 0.45);
        module.SignConflict.ShouldBe(conflict, 0.01); // five standard errors of 65,536 draws
    }

    [Fact]
    public void Norms_AreGroupedByTheLayersOfTheModel()
    {
        var report = InterferenceMeasurement.Run(Samples.Recipe((Samples.Random(3), 0.5), (Samples.Plain(2, endings: "1.self_attn.q_proj"), 1)));
        report.Layers.Select(layer => layer.Layer).ShouldBe(report.Layers.Select(layer => layer.Layer).OrderBy(ModelLayer.Number));
        report.Layers.Single(layer => layer.Layer == "model.layers.1").Norms[1].ShouldBe(report.Adapters[1].Norm, 1e-9);
        Math.Sqrt(report.Layers.Sum(layer => layer.Norms[0] * layer.Norms[0])).ShouldBe(report.Adapters[0].Norm, 1e-9);
    }

    [Fact]
    public void Advice_NamesWhatIsLikelyToGoWrong()
    {
        var (one, other) = (Samples.Plain(1), Samples.Plain(2));
        Advice((one, 1), (other, 1)).ShouldContain("unrelated directions");
        Advice((one, 1), (one, 0.5)).ShouldStartWith("parent0 and parent1 do much the same (similarity 1.0)");
        Advice((one, 1), (one, -0.5)).ShouldStartWith("parent0 and parent1 pull against each other (similarity -1.0)");
        Advice((one, 10), (other, 1)).ShouldStartWith("parent0 changes the base");
        Advice((Samples.Plain(1, endings: "q_proj"), 1), (Samples.Plain(1, endings: "k_proj"), 1)).ShouldContain("different modules");
        Advice((one, 1)).ShouldContain("alone");

        static string Advice(params (LoraAdapter, double)[] parents) => InterferenceMeasurement.Run(Samples.Recipe(parents)).Advice;
    }

    [Fact]
    public void Report_SurvivesJson()
    {
        var report = InterferenceMeasurement.Run(Samples.Recipe((Samples.Random(1), 1), (Samples.Random(2), 1)));
        var json = JsonSerializer.Serialize(report);
        JsonSerializer.Serialize(JsonSerializer.Deserialize<InterferenceReport>(json)).ShouldBe(json);
    }

    [Fact]
    public void AdaptersOfDifferentBases_AreRefused()
    {
        var other = Samples.Plain(2, rank: 4, endings: "0.self_attn.q_proj");
        other = other with { Modules = [other.Modules[0] with { A = Samples.Normal(new Random(3), 4, 13) }] };
        Should.Throw<AdapterFormatException>(() => InterferenceMeasurement.Run(Samples.Recipe((Samples.Plain(1), 1), (other, 1)))).Findings.ShouldHaveSingleItem();
    }

    /// <summary>Columns of B and rows of A.</summary>
    private static LoraAdapter Planted(float[][] columns, float[][] rows)
    {
        var (rank, outputs, inputs) = (columns.Length, columns[0].Length, rows[0].Length);
        var b = Enumerable.Range(0, outputs).SelectMany(o => columns.Select(column => column[o])).ToArray();
        return Single(AdapterTensor.FromSingles(b, [outputs, rank]), AdapterTensor.FromSingles([.. rows.SelectMany(row => row)], [rank, inputs]));
    }

    private static LoraAdapter Large(int seed) => Single(Samples.Normal(new Random(seed), 1200, 4), Samples.Normal(new Random(7), 4, 1100));

    private static LoraAdapter Single(AdapterTensor b, AdapterTensor a)
    {
        var (config, modules) = Formats.Peft.PeftConfigs.Describe(
            new Formats.Peft.PeftConfig(), [new LoraModule { Path = "layer", A = a, B = b, Rank = (int)a.Shape[0], Alpha = a.Shape[0] }]);
        return new LoraAdapter { Config = config, Modules = modules };
    }

    private static AdapterTensor Add(AdapterTensor left, AdapterTensor right) => AdapterTensor.FromSingles([.. left.ToSingles().Zip(right.ToSingles(), (x, y) => x + y)], left.Shape);

    private static IEnumerable<string> Names(DenseDelta delta) => delta.Names.Where(name => name.EndsWith(".weight", StringComparison.Ordinal));

    private static double[] Weights(DenseDelta delta) => [.. Names(delta).SelectMany(name => delta[name])];

    private static double Dot(double[] left, double[] right) => left.Zip(right, (x, y) => x * y).Sum();

    private static double Norm(double[] values) => Math.Sqrt(Dot(values, values));

    private static double Conflict(IEnumerable<double> left, IEnumerable<double> right)
    {
        var products = left.Zip(right, (x, y) => x * y).ToList();
        return (double)products.Count(product => product < 0) / products.Count;
    }
}
