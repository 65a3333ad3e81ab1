using System.Buffers.Binary;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;

namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>Tells what a file is from its first bytes and its last; reads at most 130 KiB of it, more only where it may be a pickle.</summary>
internal static class FileSignature
{
    private const int StartBytes = 4096;

    /// <summary>An end record of 22 bytes and the longest comment (APPNOTE.TXT 6.3.10, section 4.3.16).</summary>
    private const int EndBytes = 22 + ushort.MaxValue;

    public static FileContent Find(string path)
    {
        using var handle = File.OpenHandle(path);
        var length = RandomAccess.GetLength(handle);
        if (length == 0)
            return FileContent.Empty;
        Span<byte> start = new byte[Math.Min(StartBytes, length)];
        start = start[..ReadAt(handle, start, 0)];
        var content = FindByStart(start, length, handle);
        if (content is FileContent.Text or FileContent.Binary && PickleOpcodes.IsPickle(path))
            return FileContent.Pickle;
        return content is not (FileContent.Zip or FileContent.Pickle or FileContent.Program or FileContent.SevenZip) && EndsInZip(handle, length)
            ? FileContent.HiddenZip
            : content;
    }

    private static FileContent FindByStart(ReadOnlySpan<byte> start, long length, SafeFileHandle handle)
    {
        if (IsSafetensors(start, length))
            return FileContent.Safetensors;
        if (start.StartsWith("PK\x03\x04"u8) || start.StartsWith("PK\x05\x06"u8) || start.StartsWith("PK\x07\x08"u8))
            return FileContent.Zip;
        if (PickleFiles.HasPickleMagic(start))
            return FileContent.Pickle;
        if (Starts(start, (byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C))
            return FileContent.SevenZip;
        if (IsArchive(start))
            return FileContent.OtherArchive;
        if (IsProgram(start, length, handle))
            return FileContent.Program;
        if (start.StartsWith("GGUF"u8))
            return FileContent.Gguf;
        if (Starts(start, 0x89, (byte)'H', (byte)'D', (byte)'F'))
            return FileContent.Hdf5;
        if (start.StartsWith("PAR1"u8))
            return FileContent.Parquet;
        if (start.Length > 10 && start[0] == 0x93 && start[1..6].SequenceEqual("NUMPY"u8))
            return start.IndexOf("|O"u8) >= 0 ? FileContent.NumpyObjects : FileContent.Binary;
        return IsText(start, length) ? FileContent.Text : FileContent.Binary;
    }

    private static bool IsSafetensors(ReadOnlySpan<byte> start, long length) =>
        start.Length > 9 && start[8] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start) is var header && header > 1 && header <= (ulong)(length - 8)
        && header <= (ulong)Safetensors.SafetensorsLimits.FormatHeaderBytes;

    private static bool IsArchive(ReadOnlySpan<byte> start) =>
        start.StartsWith("Rar!\x1A\x07"u8) || Starts(start, 0x1F, 0x8B) || Starts(start, 0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0)
        || Starts(start, 0x28, 0xB5, 0x2F, 0xFD) || Starts(start, 0x04, 0x22, 0x4D, 0x18) || start.StartsWith("MSCF\0\0\0\0"u8)
        || (start.Length > 10 && start.StartsWith("BZh"u8) && Starts(start[4..], 0x31, 0x41, 0x59, 0x26, 0x53, 0x59))
        || (start.Length > 262 && start[257..262].SequenceEqual("ustar"u8));

    private static bool IsProgram(ReadOnlySpan<byte> start, long length, SafeFileHandle handle)
    {
        if (Starts(start, 0x7F, (byte)'E', (byte)'L', (byte)'F') || Starts(start, 0, (byte)'a', (byte)'s', (byte)'m')
            || Starts(start, 0xCA, 0xFE, 0xBA, 0xBE) || Starts(start, 0xFE, 0xED, 0xFA, 0xCE) || Starts(start, 0xFE, 0xED, 0xFA, 0xCF)
            || Starts(start, 0xCE, 0xFA, 0xED, 0xFE) || Starts(start, 0xCF, 0xFA, 0xED, 0xFE))
            return true;
        if (start.Length < 64 || !start.StartsWith("MZ"u8))
            return false;
        // A text may begin with MZ; a Windows program has "PE\0\0" where the word at 0x3C says.
        var at = BinaryPrimitives.ReadUInt32LittleEndian(start[0x3C..]);
        Span<byte> mark = stackalloc byte[4];
        return at <= length - 4 && ReadAt(handle, mark, at) == 4 && mark.SequenceEqual("PE\0\0"u8);
    }

    /// <summary>UTF-8 without NUL as far as it is looked at; the last character may be cut in two.</summary>
    private static bool IsText(ReadOnlySpan<byte> start, long length)
    {
        if (start.Contains((byte)0))
            return false;
        for (var cut = 0; cut < 4 && cut < start.Length; cut++)
        {
            if (Utf8.IsValid(start[..^cut]))
                return true;
            if (start.Length == length)
                return false;
        }

        return false;
    }

    /// <summary>
    /// Zip readers look for the archive's end record from the back and forgive what follows it, so an archive can hide behind anything and
    /// before something. Counted as one when the directory that the record speaks of is there, or a Zip64 locator before it.
    /// </summary>
    private static bool EndsInZip(SafeFileHandle handle, long length)
    {
        var end = new byte[Math.Min(EndBytes, length)];
        var endStart = length - end.Length;
        if (ReadAt(handle, end, endStart) != end.Length)
            return false;
        Span<byte> entry = stackalloc byte[4];
        for (var at = end.AsSpan().LastIndexOf("PK\x05\x06"u8); at >= 0; at = end.AsSpan(0, at).LastIndexOf("PK\x05\x06"u8))
        {
            if (end.Length - at < 22)
                continue;
            if (at >= 20 && end.AsSpan(at - 20).StartsWith("PK\x06\x07"u8))
                return true;
            // Something in front may have moved the archive, but its directory ends where the record begins.
            var directory = endStart + at - BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(at + 12));
            if (directory >= 0 && ReadAt(handle, entry, directory) == 4 && entry.SequenceEqual("PK\x01\x02"u8))
                return true;
        }

        return false;
    }

    private static bool Starts(ReadOnlySpan<byte> start, params ReadOnlySpan<byte> magic) => start.StartsWith(magic);

    private static int ReadAt(SafeFileHandle handle, Span<byte> destination, long offset)
    {
        var done = 0;
        while (done < destination.Length && RandomAccess.Read(handle, destination[done..], offset + done) is > 0 and var read)
            done += read;
        return done;
    }
}
