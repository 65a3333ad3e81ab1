using System.Buffers.Binary;

namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>
/// Recognises pickles that do not begin with the byte of protocol 2 and later. Steps over the opcodes (Python's Lib/pickletools.py) without
/// keeping a stack or a value: a file is a pickle when they reach STOP and import something on the way. One that imports nothing is inert.
/// </summary>
internal static class PickleOpcodes
{
    private const int LongestLine = 1 << 16;
    private const int MostOpcodes = 1 << 24;

    /// <summary>How many bytes of operand follow an opcode, or which kind of operand.</summary>
    private enum Operand
    {
        Unknown = -1,
        None = 0,
        Digits = 100,
        Line,
        Import,
        Length1,
        Length4,
        Length8,
    }

    public static bool IsPickle(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 14);
        var imports = false;
        for (var count = 0; count < MostOpcodes; count++)
        {
            var opcode = stream.ReadByte();
            if (opcode == '.')
                return imports;
            var operand = OperandOf(opcode);
            if (operand == Operand.Unknown || !Skip(stream, operand))
                return false;
            imports |= operand == Operand.Import || opcode is 0x82 or 0x83 or 0x84 or 0x93;
        }

        return imports;
    }

    private static Operand OperandOf(int opcode) => opcode switch
    {
        '(' or '0' or '1' or '2' or 'N' or 'Q' or 'R' or 'a' or 'b' or 'd' or '}' or 'e' or 'l' or ']' or 'o' or 's' or 't' or ')' or 'u' => Operand.None,
        0x81 or (>= 0x85 and <= 0x89) or (>= 0x8F and <= 0x94) or 0x97 or 0x98 => Operand.None,
        'K' or 'h' or 'q' or 0x80 or 0x82 => (Operand)1,
        'M' or 0x83 => (Operand)2,
        'J' or 'j' or 'r' or 0x84 => (Operand)4,
        'G' or 0x95 => (Operand)8,
        'I' or 'L' or 'F' or 'g' or 'p' => Operand.Digits,
        'S' or 'V' or 'P' => Operand.Line,
        'c' or 'i' => Operand.Import,
        'U' or 'C' or 0x8A or 0x8C => Operand.Length1,
        'T' or 'X' or 'B' or 0x8B => Operand.Length4,
        0x8D or 0x8E or 0x96 => Operand.Length8,
        _ => Operand.Unknown,
    };

    private static bool Skip(FileStream stream, Operand operand) => operand switch
    {
        Operand.Digits => SkipLine(stream, c => char.IsAsciiDigit(c) || c is '-' or '+' or '.' or 'e' or 'E' or 'L'),
        Operand.Line => SkipLine(stream, _ => true),
        Operand.Import => SkipLine(stream, IsNamePart) && SkipLine(stream, IsNamePart),
        Operand.Length1 => SkipCounted(stream, 1),
        Operand.Length4 => SkipCounted(stream, 4),
        Operand.Length8 => SkipCounted(stream, 8),
        _ => SkipBytes(stream, (long)operand),
    };

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '<' or '>' || c > 127;

    private static bool SkipLine(FileStream stream, Func<char, bool> allows)
    {
        for (var length = 0; length < LongestLine; length++)
        {
            var next = stream.ReadByte();
            if (next == '\n')
                return length > 0;
            if (next < 0 || !allows((char)next))
                return false;
        }

        return false;
    }

    private static bool SkipCounted(FileStream stream, int size)
    {
        Span<byte> count = stackalloc byte[8];
        count.Clear();
        return stream.ReadAtLeast(count[..size], size, throwOnEndOfStream: false) == size
            && BinaryPrimitives.ReadInt64LittleEndian(count) is >= 0 and var length && SkipBytes(stream, length);
    }

    private static bool SkipBytes(FileStream stream, long length)
    {
        if (length > stream.Length - stream.Position)
            return false;
        if (length > 0)
            stream.Seek(length, SeekOrigin.Current);
        return true;
    }
}
