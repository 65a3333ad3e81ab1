using System.Collections.Frozen;

namespace AdapterHub.Formats.Safetensors;

/// <summary>
/// The element types of safetensors, in the order of the reference library's own enumeration (safetensors/src/tensor.rs): its writer puts
/// the later types first in the file, so the order is part of the format for byte-equal output.
/// </summary>
public enum SafetensorsDtype
{
    Bool,
    F4,
    F6E2M3,
    F6E3M2,
    U8,
    I8,
    F8E5M2,
    F8E4M3,
    F8E8M0,
    F8E4M3Fnuz,
    F8E5M2Fnuz,
    I16,
    U16,
    F16,
    BF16,
    I32,
    U32,
    F32,
    C64,
    F64,
    I64,
    U64,
}

public static class SafetensorsDtypes
{
    private static readonly (string Name, int Bits, bool IsFloat)[] Facts =
    [
        ("BOOL", 8, false), ("F4", 4, true), ("F6_E2M3", 6, true), ("F6_E3M2", 6, true), ("U8", 8, false), ("I8", 8, false),
        ("F8_E5M2", 8, true), ("F8_E4M3", 8, true), ("F8_E8M0", 8, true), ("F8_E4M3FNUZ", 8, true), ("F8_E5M2FNUZ", 8, true),
        ("I16", 16, false), ("U16", 16, false), ("F16", 16, true), ("BF16", 16, true), ("I32", 32, false), ("U32", 32, false),
        ("F32", 32, true), ("C64", 64, false), ("F64", 64, true), ("I64", 64, false), ("U64", 64, false),
    ];

    private static readonly FrozenDictionary<string, SafetensorsDtype> ByName =
        Facts.Select((fact, index) => (fact.Name, Dtype: (SafetensorsDtype)index)).ToFrozenDictionary(fact => fact.Name, fact => fact.Dtype);

    /// <summary>Size of one element in bits; below 8 the elements are packed without padding.</summary>
    public static int BitSize(this SafetensorsDtype dtype) => Facts[(int)dtype].Bits;

    /// <summary>The name as it stands in a file, such as <c>F8_E4M3</c>.</summary>
    public static string FileName(this SafetensorsDtype dtype) => Facts[(int)dtype].Name;

    /// <summary>True for real floating-point types; false for integers, booleans and complex numbers.</summary>
    public static bool IsFloatingPoint(this SafetensorsDtype dtype) => Facts[(int)dtype].IsFloat;

    /// <summary>The type of that name in a file; names are case-sensitive.</summary>
    public static bool TryParse(string name, out SafetensorsDtype dtype) => ByName.TryGetValue(name, out dtype);
}
