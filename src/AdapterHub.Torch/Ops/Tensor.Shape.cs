using AdapterHub.Torch.Interop;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Torch;

// Shapes, selection and creation.
public sealed partial class Tensor
{
    public Tensor T() => Aten.T.Call(this);
    public Tensor Transpose(int first, int second) => Aten.Transpose.Call(this, first, second);
    public Tensor View(params ReadOnlySpan<long> sizes) => Aten.View.Call(this, sizes);
    public Tensor Reshape(params ReadOnlySpan<long> sizes) => Aten.Reshape.Call(this, sizes);
    public Tensor Permute(params ReadOnlySpan<long> dimensions) => Aten.Permute.Call(this, dimensions);
    public Tensor Expand(params ReadOnlySpan<long> sizes) => Aten.Expand.Call(this, sizes);
    public Tensor Unsqueeze(int dimension) => Aten.Unsqueeze.Call(this, dimension);
    public Tensor Squeeze(int dimension) => Aten.Squeeze.Call(this, dimension);
    public Tensor Flatten() => Aten.Flatten.Call(this, 0, -1);
    public Tensor Contiguous() => Aten.Contiguous.Call(this);
    public Tensor Clone() => Aten.Clone.Call(this);

    /// <summary>The same elements outside autograd.</summary>
    public Tensor Detach() => Aten.Detach.Call(this);

    /// <summary>This tensor itself (a second handle) where the type is already right, otherwise a converted copy.</summary>
    public Tensor To(DType type) => Aten.ToType.Call(this, type);
    public Tensor To(Device device) => Aten.ToDevice.Call(this, device, DType);
    public Tensor To(Device device, DType type) => Aten.ToDevice.Call(this, device, type);

    public static Tensor Cat(IReadOnlyList<Tensor> tensors, int dimension = 0) => Aten.Cat.Call(Argument.From(tensors), dimension);
    public static Tensor Stack(IReadOnlyList<Tensor> tensors, int dimension = 0) => Aten.Stack.Call(Argument.From(tensors), dimension);
    public Tensor[] Split(long size, int dimension = 0) => Aten.Split.CallMany(this, size, dimension);
    public Tensor Narrow(int dimension, long start, long length) => Aten.Narrow.Call(this, dimension, start, length);
    public Tensor Select(int dimension, long index) => Aten.Select.Call(this, dimension, index);
    public Tensor IndexSelect(int dimension, Tensor index) => Aten.IndexSelect.Call(this, dimension, index);
    public Tensor Gather(int dimension, Tensor index) => Aten.Gather.Call(this, dimension, index);
    public static Tensor Where(Tensor condition, Tensor left, Tensor right) => Aten.Where.Call(condition, left, right);
    public Tensor MaskedFill(Tensor mask, double value) => Aten.MaskedFill.Call(this, mask, value);
    public Tensor RepeatInterleave(long repeats, int dimension) => Aten.RepeatInterleave.Call(this, repeats, dimension);
    public Tensor Tril(int diagonal = 0) => Aten.Tril.Call(this, diagonal);
    public Tensor Triu(int diagonal = 0) => Aten.Triu.Call(this, diagonal);

    public static Tensor Empty(ReadOnlySpan<long> sizes, DType type = DType.Float32, Device? device = null) => Aten.Empty.Call(sizes, type, Argument.Null, device ?? Device.Cpu);
    public static Tensor Zeros(ReadOnlySpan<long> sizes, DType type = DType.Float32, Device? device = null) => Aten.Zeros.Call(sizes, type, Argument.Null, device ?? Device.Cpu);
    public static Tensor Ones(ReadOnlySpan<long> sizes, DType type = DType.Float32, Device? device = null) => Aten.Ones.Call(sizes, type, Argument.Null, device ?? Device.Cpu);
    public static Tensor Full(ReadOnlySpan<long> sizes, double value, DType type = DType.Float32, Device? device = null) => Aten.Full.Call(sizes, value, type, Argument.Null, device ?? Device.Cpu);
    public static Tensor Arange(long start, long end, DType type = DType.Int64, Device? device = null) => Aten.Arange.Call(start, end, 1, type, Argument.Null, device ?? Device.Cpu);
    public static Tensor Rand(ReadOnlySpan<long> sizes, DType type = DType.Float32, Device? device = null) => Aten.Rand.Call(sizes, type, Argument.Null, device ?? Device.Cpu);
    public static Tensor Randn(ReadOnlySpan<long> sizes, DType type = DType.Float32, Device? device = null) => Aten.Randn.Call(sizes, type, Argument.Null, device ?? Device.Cpu);
    public static Tensor RandInt(long low, long high, ReadOnlySpan<long> sizes, Device? device = null) => Aten.Randint.Call(low, high, sizes, DType.Int64, Argument.Null, device ?? Device.Cpu);
    public static Tensor Eye(long size, DType type = DType.Float32, Device? device = null) => Aten.Eye.Call(size, type, Argument.Null, device ?? Device.Cpu);
    public Tensor ZerosLike() => Aten.ZerosLike.Call(this);
    public Tensor OnesLike() => Aten.OnesLike.Call(this);
    public Tensor EmptyLike() => Aten.EmptyLike.Call(this);
}
