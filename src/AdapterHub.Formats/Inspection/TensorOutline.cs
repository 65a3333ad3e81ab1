using System.Collections.Immutable;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Inspection;

/// <summary>A tensor without its values: all that a file's header says of it.</summary>
/// <param name="Dtype">Type of the elements.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
public sealed record TensorOutline(SafetensorsDtype Dtype, ImmutableArray<long> Shape)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>Bytes of the elements.</summary>
    public long ByteLength => SafetensorsShape.GetByteLength(Dtype, Shape.AsSpan());

    public static TensorOutline Of(AdapterTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new TensorOutline(tensor.Dtype, tensor.Shape);
    }

    public bool Equals(TensorOutline? other) => other is not null && Dtype == other.Dtype && Shape.AsSpan().SequenceEqual(other.Shape.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Dtype, Shape.Length, Shape.FirstOrDefault());

    /// <summary>Such as <c>F16 [8, 2048]</c>.</summary>
    public override string ToString() => $"{Dtype.FileName()} {Describe(Shape)}";

    internal static string Describe(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
