using System.Collections.Frozen;
using System.Text;

namespace AdapterHub.Engine.Tokenizers.Models;

/// <summary>
/// GPT-2's one-character names for the 256 bytes: printable Latin-1 stands for itself, the other 68 bytes for U+0100 and up.
/// Source: openai/gpt-2 src/encoder.py, bytes_to_unicode.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Names = MakeNames();
    private static readonly FrozenDictionary<char, byte> Bytes =
        Enumerable.Range(0, 256).ToFrozenDictionary(value => Names[value], value => (byte)value);

    /// <summary>The names in the order of the bytes they stand for.</summary>
    public static ReadOnlySpan<char> All => Names;

    public static char NameOf(byte value) => Names[value];

    public static bool TryGetByte(char name, out byte value) => Bytes.TryGetValue(name, out value);

    /// <summary>The UTF-8 bytes of <paramref name="text"/>, each written by its name.</summary>
    public static string Write(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return string.Create(bytes.Length, bytes, static (target, source) =>
        {
            for (var index = 0; index < target.Length; index++)
                target[index] = Names[source[index]];
        });
    }

    private static char[] MakeNames()
    {
        var names = new char[256];
        var extra = '\u0100';
        for (var value = 0; value < 256; value++)
            names[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)value : extra++;
        return names;
    }
}
