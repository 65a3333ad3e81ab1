namespace AdapterHub.Torch;

/// <summary>Element types, numbered as <c>c10::ScalarType</c>.</summary>
public enum DType
{
    UInt8 = 0,
    Int8 = 1,
    Int16 = 2,
    Int32 = 3,
    Int64 = 4,
    Float16 = 5,
    Float32 = 6,
    Float64 = 7,
    Bool = 11,
    BFloat16 = 15,
}

public static class DTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int ByteSize(this DType type) => type switch
    {
        DType.UInt8 or DType.Int8 or DType.Bool => 1,
        DType.Int16 or DType.Float16 or DType.BFloat16 => 2,
        DType.Int32 or DType.Float32 => 4,
        DType.Int64 or DType.Float64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type of AdapterHub."),
    };

    public static bool IsFloatingPoint(this DType type) => type is DType.Float16 or DType.Float32 or DType.Float64 or DType.BFloat16;

    internal static DType Of<T>() where T : unmanaged => default(T) switch
    {
        byte => DType.UInt8,
        sbyte => DType.Int8,
        short => DType.Int16,
        int => DType.Int32,
        long => DType.Int64,
        Half => DType.Float16,
        float => DType.Float32,
        double => DType.Float64,
        bool => DType.Bool,
        _ => throw new NotSupportedException($"Tensors hold no {typeof(T).Name}."),
    };
}
