using AdapterHub.Torch.Interop;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Torch;

// Products, reductions, probabilities, decompositions.
public sealed partial class Tensor
{
    public Tensor Matmul(Tensor other) => Aten.Matmul.Call(this, other);
    public Tensor Mm(Tensor other) => Aten.Mm.Call(this, other);
    public Tensor Bmm(Tensor other) => Aten.Bmm.Call(this, other);

    /// <summary>beta this + alpha left right.</summary>
    public Tensor Addmm(Tensor left, Tensor right, double beta = 1, double alpha = 1) => Aten.Addmm.Call(this, left, right, beta, alpha);

    /// <summary>x (..., in) times weight (out, in) transposed, plus bias (out).</summary>
    public Tensor Linear(Tensor weight, Tensor? bias = null) => Aten.Linear.Call(this, weight, bias);

    /// <summary>Rows of weight (count, width) at these indices.</summary>
    public Tensor EmbedWith(Tensor weight) => Aten.Embedding.Call(weight, this);

    public Tensor Sum() => Aten.Sum.Call(this, Argument.Null);
    public Tensor Sum(int dimension, bool keepDimension = false) => Aten.SumDims.Call(this, Argument.From([dimension]), keepDimension, Argument.Null);
    public Tensor Mean() => Aten.Mean.Call(this, Argument.Null);
    public Tensor Mean(int dimension, bool keepDimension = false) => Aten.MeanDims.Call(this, Argument.From([dimension]), keepDimension, Argument.Null);
    public Tensor Max() => Aten.Max.Call(this);
    public (Tensor Values, Tensor Indices) Max(int dimension, bool keepDimension = false) => Aten.MaxDim.Call2(this, dimension, keepDimension);
    public Tensor Min() => Aten.Min.Call(this);
    public Tensor Argmax(int dimension, bool keepDimension = false) => Aten.Argmax.Call(this, dimension, keepDimension);
    public Tensor All() => Aten.AllOf.Call(this);
    public Tensor Any() => Aten.AnyOf.Call(this);

    /// <summary>The 2-norm of all elements.</summary>
    public Tensor Norm() => Aten.Norm.Call(this, 2.0);

    /// <summary>The 2-norm along one dimension.</summary>
    public Tensor Norm(int dimension, bool keepDimension = false) => Aten.NormDims.Call(this, 2.0, Argument.From([dimension]), keepDimension);
    public Tensor Softmax(int dimension) => Aten.Softmax.Call(this, dimension, Argument.Null);
    public Tensor LogSoftmax(int dimension) => Aten.LogSoftmax.Call(this, dimension, Argument.Null);
    public Tensor LogSumExp(int dimension, bool keepDimension = false) => Aten.Logsumexp.Call(this, Argument.From([dimension]), keepDimension);
    public Tensor CumSum(int dimension) => Aten.Cumsum.Call(this, dimension);
    public (Tensor Values, Tensor Indices) TopK(long count, int dimension = -1) => Aten.Topk.Call2(this, count, dimension);
    public (Tensor Values, Tensor Indices) Sort(int dimension = -1, bool descending = false) => Aten.Sort.Call2(this, dimension, descending);

    /// <summary>Draws indices from rows of unnormalised probabilities.</summary>
    public Tensor Multinomial(long count) => Aten.Multinomial.Call(this, count);
    public Tensor CrossEntropy(Tensor labels) => Aten.CrossEntropy.Call(this, labels);
    public Tensor Dropout(double probability) => Aten.Dropout.Call(this, probability, true);

    /// <summary>Q (m, k) and R (k, n) of the reduced decomposition.</summary>
    public (Tensor Q, Tensor R) Qr() => Aten.Qr.Call2(this);

    /// <summary>U (m, k), S (k) descending, Vh (k, n) of the reduced decomposition.</summary>
    public (Tensor U, Tensor S, Tensor Vh) Svd()
    {
        var parts = Aten.Svd.CallMany(this, false);
        return (parts[0], parts[1], parts[2]);
    }

    /// <summary>Eigenvalues (n) ascending and eigenvectors (n, n) as columns of a symmetric matrix.</summary>
    public (Tensor Values, Tensor Vectors) Eigh() => Aten.Eigh.Call2(this, "L");
}
