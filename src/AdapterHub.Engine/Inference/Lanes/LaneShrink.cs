using AdapterHub.Torch;
using AdapterHub.Torch.Interop;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>
/// The first thin product, (x A) c, of layers that read the same input (queries, keys and values; gate and up) made once for all of them: on a GPU a small pass
/// is as long as its launches are many. The layer that comes first makes it, the others take their columns.
/// </summary>
/// <param name="members">Layers of one input.</param>
/// <param name="a">(in, R of all), their factors side by side; the caller's.</param>
internal sealed class LaneShrink(IReadOnlyList<LaneDelta> members, Tensor a)
{
    private static readonly Operator Multiply = Operator.Get("aten::mul_", "Tensor");
    private static readonly Operator AddProduct = Operator.Get("aten::addmm_");
    private readonly long[] _starts = Starts(members);
    private Tensor? _input;
    private Tensor? _product;

    public IReadOnlyList<LaneDelta> Members => members;

    /// <summary>(L, R of all)</summary>
    public Tensor? Coefficients { get; set; }

    /// <summary>y += ((x A) c) B of one member.</summary>
    /// <param name="x">The very tensor that the other members are given in this pass.</param>
    /// <param name="lanes">Of its rows; null where row i is lane i.</param>
    public Tensor Add(Tensor y, Tensor x, Tensor b, LaneDelta member, Tensor? lanes)
    {
        if (!ReferenceEquals(x, _input))
        {
            _product = x.Matmul(a);
            Multiply.Invoke(_product, lanes is null ? Coefficients! : Coefficients!.IndexSelect(0, lanes));
            _input = x;
        }

        var place = 0;
        while (!ReferenceEquals(members[place], member))
            place++;
        AddProduct.Invoke(y, _product!.Narrow(1, _starts[place], member.Rank), b);
        return y;
    }

    private static long[] Starts(IReadOnlyList<LaneDelta> members)
    {
        var starts = new long[members.Count];
        for (var i = 1; i < starts.Length; i++)
            starts[i] = starts[i - 1] + members[i - 1].Rank;
        return starts;
    }
}
