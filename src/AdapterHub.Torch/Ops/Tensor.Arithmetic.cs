using AdapterHub.Torch.Ops;

namespace AdapterHub.Torch;

// Element-wise arithmetic and comparison.
public sealed partial class Tensor
{
    public static Tensor operator +(Tensor left, Tensor right) => Aten.Add.Call(left, right);
    public static Tensor operator +(Tensor left, double right) => Aten.AddScalar.Call(left, right);
    public static Tensor operator -(Tensor left, Tensor right) => Aten.Sub.Call(left, right);
    public static Tensor operator -(Tensor left, double right) => Aten.SubScalar.Call(left, right);
    public static Tensor operator *(Tensor left, Tensor right) => Aten.Mul.Call(left, right);
    public static Tensor operator *(Tensor left, double right) => Aten.MulScalar.Call(left, right);
    public static Tensor operator /(Tensor left, Tensor right) => Aten.Div.Call(left, right);
    public static Tensor operator /(Tensor left, double right) => Aten.DivScalar.Call(left, right);
    public static Tensor operator *(double left, Tensor right) => Aten.MulScalar.Call(right, left);
    public static Tensor operator -(double left, Tensor right) => Aten.RSub.Call(right, left);
    public static Tensor operator -(Tensor value) => Aten.Neg.Call(value);

    public Tensor Abs() => Aten.Abs.Call(this);
    public Tensor Exp() => Aten.Exp.Call(this);
    public Tensor Log() => Aten.Log.Call(this);
    public Tensor Sqrt() => Aten.Sqrt.Call(this);
    public Tensor Rsqrt() => Aten.Rsqrt.Call(this);
    public Tensor Sin() => Aten.Sin.Call(this);
    public Tensor Cos() => Aten.Cos.Call(this);
    public Tensor Tanh() => Aten.Tanh.Call(this);
    public Tensor Sigmoid() => Aten.Sigmoid.Call(this);
    public Tensor Silu() => Aten.Silu.Call(this);
    public Tensor Sign() => Aten.Sign.Call(this);
    public Tensor Reciprocal() => Aten.Reciprocal.Call(this);
    /// <summary>True where the element is neither infinite nor NaN.</summary>
    public Tensor IsFinite() => Aten.Isfinite.Call(this);
    public Tensor Add(Tensor other, double alpha = 1) => Aten.Add.Call(this, other, alpha);
    public Tensor Sub(Tensor other, double alpha = 1) => Aten.Sub.Call(this, other, alpha);
    public Tensor Mul(Tensor other) => Aten.Mul.Call(this, other);
    public Tensor Div(Tensor other) => Aten.Div.Call(this, other);
    public Tensor Pow(double exponent) => Aten.PowScalar.Call(this, exponent);
    public Tensor Clamp(double min, double max) => Aten.ClampScalar.Call(this, min, max);

    public Tensor Eq(Tensor other) => Aten.Eq.Call(this, other);
    public Tensor Eq(double value) => Aten.EqScalar.Call(this, value);
    public Tensor Ne(double value) => Aten.NeScalar.Call(this, value);
    public Tensor Lt(Tensor other) => Aten.Lt.Call(this, other);
    public Tensor Lt(double value) => Aten.LtScalar.Call(this, value);
    public Tensor Gt(Tensor other) => Aten.Gt.Call(this, other);
    public Tensor Gt(double value) => Aten.GtScalar.Call(this, value);
    public Tensor Ge(Tensor other) => Aten.Ge.Call(this, other);
    public Tensor LogicalNot() => Aten.LogicalNot.Call(this);
    public Tensor LogicalAnd(Tensor other) => Aten.LogicalAnd.Call(this, other);

    // In place; each returns this tensor.

    public Tensor Add_(Tensor other, double alpha = 1)
    {
        Aten.AddInPlace.Invoke(this, other, alpha);
        return this;
    }

    public Tensor Mul_(Tensor other)
    {
        Aten.MulInPlace.Invoke(this, other);
        return this;
    }

    public Tensor Mul_(double factor)
    {
        Aten.MulScalarInPlace.Invoke(this, factor);
        return this;
    }

    public Tensor Add_(double value)
    {
        Aten.AddScalarInPlace.Invoke(this, value);
        return this;
    }

    public Tensor Div_(Tensor other)
    {
        Aten.DivInPlace.Invoke(this, other);
        return this;
    }

    public Tensor Zero_()
    {
        Aten.ZeroInPlace.Invoke(this);
        return this;
    }

    public Tensor Fill_(double value)
    {
        Aten.FillInPlace.Invoke(this, value);
        return this;
    }

    public Tensor Copy_(Tensor source)
    {
        Aten.CopyInPlace.Invoke(this, source);
        return this;
    }

    /// <summary>1 with the chance <paramref name="chance"/>, else 0.</summary>
    public Tensor Bernoulli_(double chance)
    {
        Aten.BernoulliInPlace.Invoke(this, chance);
        return this;
    }

    public Tensor Uniform_(double from, double to)
    {
        Aten.UniformInPlace.Invoke(this, from, to);
        return this;
    }

    public Tensor Normal_(double mean, double std)
    {
        Aten.NormalInPlace.Invoke(this, mean, std);
        return this;
    }

    public Tensor Addmm_(Tensor left, Tensor right, double beta = 1, double alpha = 1)
    {
        Aten.AddmmInPlace.Invoke(this, left, right, beta, alpha);
        return this;
    }

    public Tensor IndexCopy_(int dimension, Tensor index, Tensor source)
    {
        Aten.IndexCopyInPlace.Invoke(this, dimension, index, source);
        return this;
    }

    public Tensor Scatter_(int dimension, Tensor index, Tensor source)
    {
        Aten.ScatterInPlace.Invoke(this, dimension, index, source);
        return this;
    }
}
