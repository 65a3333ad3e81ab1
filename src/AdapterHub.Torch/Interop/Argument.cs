using System.Runtime.CompilerServices;

namespace AdapterHub.Torch.Interop;

/// <summary>
/// One argument of an operator, built on the caller's stack: passing it allocates nothing on the managed heap.
/// Lists of integers hold up to six items in place, longer ones go by array.
/// </summary>
public readonly struct Argument
{
    internal const int None = 0, OneTensor = 1, ManyTensors = 2, Int = 3, Double = 4, Bool = 5, Ints = 6, String = 8, DeviceKind = 9, DefaultKind = 10;
    internal readonly object? Owner;
    internal readonly int Kind;
    internal readonly int Length;
    internal readonly SixLongs Values;

    private Argument(int kind, long bits, object? owner = null, int length = 0)
    {
        (Kind, Owner, Length) = (kind, owner, length);
        Values[0] = bits;
    }

    private Argument(ReadOnlySpan<long> items)
    {
        (Kind, Length) = (Ints, items.Length);
        if (items.Length <= SixLongs.Capacity)
            items.CopyTo(Values);
        else
            Owner = items.ToArray();
    }

    /// <summary>The default that the operator's schema declares.</summary>
    public static Argument Default => new(DefaultKind, 0);

    /// <summary>An absent optional argument.</summary>
    public static Argument Null => default;

    public static Argument From(Tensor? tensor) => tensor is null ? Null : new(OneTensor, 0, tensor);
    public static Argument From(IReadOnlyList<Tensor> tensors) => new(ManyTensors, 0, tensors, tensors.Count);
    public static Argument From(ReadOnlySpan<long> items) => new(items);

    public static implicit operator Argument(Tensor? tensor) => From(tensor);
    public static implicit operator Argument(Tensor[] tensors) => From(tensors);
    public static implicit operator Argument(long value) => new(Int, value);
    public static implicit operator Argument(int value) => new(Int, value);
    public static implicit operator Argument(double value) => new(Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Argument(bool value) => new(Bool, value ? 1 : 0);
    public static implicit operator Argument(DType type) => new(Int, (long)type);
    public static implicit operator Argument(Device device) => new(DeviceKind, device.Native);
    public static implicit operator Argument(string text) => new(String, 0, text);
    public static implicit operator Argument(ReadOnlySpan<long> items) => new(items);
    public static implicit operator Argument(long[] items) => new((ReadOnlySpan<long>)items);

    [InlineArray(Capacity)]
    internal struct SixLongs
    {
        internal const int Capacity = 6;
        private long _first;
    }
}
