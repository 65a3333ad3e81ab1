using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace AdapterHub.Tests.Catalog.Publishing;

/// <summary>Zip archives, honest and not.</summary>
internal static class ZipBytes
{
    public static byte[] Of(params (string Path, string Text)[] files) => Of([.. files.Select(file => (file.Path, Encoding.UTF8.GetBytes(file.Text), 0))]);

    /// <param name="files">With the Unix mode of each; 0 for none.</param>
    public static byte[] Of(params (string Path, byte[] Bytes, int Mode)[] files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, bytes, mode) in files)
            {
                var entry = archive.CreateEntry(path, CompressionLevel.Optimal);
                entry.ExternalAttributes = mode << 16;
                using var content = entry.Open();
                content.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    /// <summary>An archive whose directory lists one entry as often as one likes: 46 bytes and a name each.</summary>
    public static byte[] WithEntries(int count)
    {
        var honest = Of(("a", "x"));
        var directory = BinaryPrimitives.ReadInt32LittleEndian(honest.AsSpan(honest.Length - 6));
        var entry = honest.AsSpan(directory, honest.Length - 22 - directory).ToArray();
        var bytes = new byte[directory + ((long)entry.Length * count) + 22];
        honest.AsSpan(0, directory).CopyTo(bytes);
        for (var i = 0; i < count; i++)
            entry.CopyTo(bytes, directory + (entry.Length * i));
        honest.AsSpan(honest.Length - 22).CopyTo(bytes.AsSpan(bytes.Length - 22));
        return bytes;
    }

    /// <summary>Writes over every place where the pattern stands.</summary>
    public static byte[] Patch(byte[] bytes, ReadOnlySpan<byte> pattern, int offset, ReadOnlySpan<byte> value)
    {
        var patched = (byte[])bytes.Clone();
        for (var at = 0; (at = Next(patched, pattern, at)) >= 0; at++)
            value.CopyTo(patched.AsSpan(at + offset));
        return patched;
    }

    private static int Next(byte[] bytes, ReadOnlySpan<byte> pattern, int from) =>
        bytes.AsSpan(from).IndexOf(pattern) is var at and >= 0 ? at + from : -1;
}
