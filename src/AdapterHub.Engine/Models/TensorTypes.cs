using System.Diagnostics.CodeAnalysis;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Models;

/// <summary>Element types of files and of tensors.</summary>
public static class TensorTypes
{
    public static bool TryToTorch(SafetensorsDtype type, out DType result)
    {
        (result, var known) = type switch
        {
            SafetensorsDtype.F32 => (DType.Float32, true),
            SafetensorsDtype.F16 => (DType.Float16, true),
            SafetensorsDtype.BF16 => (DType.BFloat16, true),
            SafetensorsDtype.F64 => (DType.Float64, true),
            SafetensorsDtype.I64 => (DType.Int64, true),
            SafetensorsDtype.I32 => (DType.Int32, true),
            SafetensorsDtype.U8 => (DType.UInt8, true),
            SafetensorsDtype.Bool => (DType.Bool, true),
            _ => (DType.Float32, false),
        };
        return known;
    }

    [SuppressMessage("Style", "IDE0072", Justification = "The others are no weights.")]
    public static SafetensorsDtype ToFile(DType type) => type switch
    {
        DType.Float32 => SafetensorsDtype.F32,
        DType.Float16 => SafetensorsDtype.F16,
        DType.BFloat16 => SafetensorsDtype.BF16,
        DType.Float64 => SafetensorsDtype.F64,
        DType.Int64 => SafetensorsDtype.I64,
        DType.Int32 => SafetensorsDtype.I32,
        DType.UInt8 => SafetensorsDtype.U8,
        DType.Bool => SafetensorsDtype.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of safetensors files."),
    };
}
