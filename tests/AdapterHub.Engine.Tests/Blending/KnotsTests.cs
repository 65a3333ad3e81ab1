using AdapterHub.Formats;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Blending;

public sealed class KnotsTests
{
    [Fact]
    public void Result_EqualsTheMethodOnFullMatrices() => Samples.Check(Samples.Parents(3), parents =>
    {
        var recipe = Samples.Recipe(parents) with { Method = BlendMethod.KnotsTies, Density = 0.5 };
        var blend = DenseDelta.Of((Samples.Run(recipe).Adapter, 1));
        foreach (var path in parents.Where(parent => parent.Weight != 0).SelectMany(parent => parent.Adapter.Modules).Select(module => module.Path).Distinct(StringComparer.Ordinal))
        {
            var sources = parents.Where(parent => parent.Weight != 0 && parent.Adapter.Modules.Any(module => module.Path == path))
                .Select(parent => (Module: parent.Adapter.Modules.Single(module => module.Path == path), parent.Weight)).ToList();
            // An embedding's change is stored transposed; the method works on B A.
            var expected = Reference(sources, 0.5);
            var found = sources[0].Module.Kind == LoraModuleKind.Embedding ? Turn(blend[path + ".weight"], (int)sources[0].Module.B.Shape[0]) : blend[path + ".weight"];
            DenseDelta.Distance(found, expected).ShouldBeLessThan(2e-5, path);
        }
    }, 25);

    [Fact]
    public void EqualParents_AreTheirMean()
    {
        var parent = Samples.Plain(3);
        var done = Samples.Run(Samples.Recipe((parent, 0.5), (parent, 1.5)) with { Method = BlendMethod.KnotsTies, Density = 1 });
        DenseDelta.Of((done.Adapter, 1)).ShouldEqual(DenseDelta.Of((parent, 1)), 3e-6);
    }

    [Fact]
    public void Rank_IsNoMoreThanTheParentsTogether_AndCanBeCut()
    {
        var recipe = Samples.Recipe((Samples.Plain(1, rank: 3), 1), (Samples.Plain(2, rank: 2), 1)) with { Method = BlendMethod.KnotsTies, Density = 0.5 };
        Samples.Run(recipe).Report.Modules.ShouldAllBe(module => module.Rank == 5 && module.IsExact);
        var cut = Samples.Run(recipe with { Rank = 2 }).Report;
        cut.Modules.ShouldAllBe(module => module.Rank == 2 && module.SingularValues.Length == 5);
        cut.RelativeError.ShouldBeInRange(0.05, 0.9);
    }

    /// <summary>[D_1 ... D_n] in full, libtorch's SVD of it, TIES on the parts of V, and back.</summary>
    private static double[] Reference(List<(LoraModule Module, double Weight)> sources, double density)
    {
        using var scope = new TensorScope();
        var deltas = sources.Select(source =>
        {
            var module = source.Module;
            var (outputs, inputs) = (module.B.Shape[0], module.A.Count / module.Rank);
            return Tensor.From<float>(module.B.ToSingles(), outputs, module.Rank).To(DType.Float64)
                .Matmul(Tensor.From<float>(module.A.ToSingles(), module.Rank, inputs).To(DType.Float64)) * module.Scale;
        }).ToList();
        var (u, s, vh) = Tensor.Cat(deltas, 1).Svd();
        var rank = s.ToArray<double>().Count(value => value > 1e-10 * s.ToArray<double>()[0]);
        var inputs = (int)deltas[0].Size(1);
        var parts = sources.Select((source, place) =>
            ReferenceBlend.Prune((vh.Narrow(0, 0, rank).Narrow(1, place * inputs, inputs).Contiguous() * source.Weight).ToArray<double>(), density)).ToList();
        var merged = Tensor.From<double>(ReferenceBlend.Elect(parts, MajoritySign.Total), rank, inputs);
        return (u.Narrow(1, 0, rank) * s.Narrow(0, 0, rank)).Matmul(merged).ToArray<double>();
    }

    private static double[] Turn(double[] matrix, int columns)
    {
        var rows = matrix.Length / columns;
        return [.. Enumerable.Range(0, columns).SelectMany(c => Enumerable.Range(0, rows).Select(r => matrix[r * columns + c]))];
    }
}
