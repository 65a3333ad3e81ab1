using System.Text;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>Text of stored files, for pages.</summary>
internal static class FileText
{
    /// <summary>The file as text if it is UTF-8 and not larger than so many bytes; null if not.</summary>
    public static async Task<string?> ReadAsync(BlobStore blobs, FileView file, long largest, CancellationToken cancel)
    {
        if (file.Length > largest)
            return null;
        await using var stream = blobs.OpenRead(file.Digest);
        var bytes = new byte[file.Length];
        await stream.ReadExactlyAsync(bytes, cancel);
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            return text.Contains('\0', StringComparison.Ordinal) ? null : text.TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
