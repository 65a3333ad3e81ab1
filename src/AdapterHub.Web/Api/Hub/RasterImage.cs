namespace AdapterHub.Web.Api.Hub;

/// <summary>Pictures that hold pixels and nothing that runs, known by their first bytes and never by their name.</summary>
internal static class RasterImage
{
    private const int HeadLength = 12;

    /// <summary>The media type; null for everything that is not PNG, JPEG, WebP or GIF.</summary>
    public static async Task<string?> FindTypeAsync(string path, CancellationToken cancel)
    {
        var head = new byte[HeadLength];
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        var length = await file.ReadAtLeastAsync(head, HeadLength, throwOnEndOfStream: false, cancel);
        return FindType(head.AsSpan(0, length));
    }

    private static string? FindType(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
            return "image/png";
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return "image/jpeg";
        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8))
            return "image/gif";
        return head.Length == HeadLength && head.StartsWith("RIFF"u8) && head[8..].SequenceEqual("WEBP"u8) ? "image/webp" : null;
    }
}
