namespace AdapterHub.Catalog.Search;

/// <summary>A SHA-256 as people paste it: with or without <c>sha256:</c>, in either case, whole or its first digits.</summary>
public static class FileDigest
{
    public const int Length = 64;

    /// <summary>The ten digits that are shown as a short hash elsewhere; fewer would often be ambiguous.</summary>
    public const int ShortestPrefix = 10;

    /// <param name="text">Anything.</param>
    /// <param name="digest"><see cref="ShortestPrefix"/> to <see cref="Length"/> lower-case hex digits.</param>
    public static bool TryParse(string? text, out string digest)
    {
        digest = text?.Trim() ?? "";
        if (digest.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase))
            digest = digest["sha256:".Length..];
#pragma warning disable CA1308 // Digests are stored in lower case.
        digest = digest.ToLowerInvariant();
#pragma warning restore CA1308
        return digest.Length is >= ShortestPrefix and <= Length && digest.All(char.IsAsciiHexDigit);
    }
}
