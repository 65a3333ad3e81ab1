using System.Runtime.InteropServices;
using System.Text;

namespace AdapterHub.Torch.Interop;

/// <summary>A text argument outside the managed heap for the length of one call.</summary>
internal static unsafe class Utf8Memory
{
    internal static nint Copy(string text, out int length)
    {
        length = Encoding.UTF8.GetByteCount(text);
        var memory = (byte*)NativeMemory.Alloc((nuint)Math.Max(length, 1));
        Encoding.UTF8.GetBytes(text, new Span<byte>(memory, length));
        return (nint)memory;
    }

    internal static void Free(nint memory) => NativeMemory.Free((void*)memory);
}
