namespace AdapterHub.Catalog.Storage;

/// <summary>A file's bytes in the store.</summary>
/// <param name="Digest">SHA-256, 64 lower-case hex digits.</param>
/// <param name="Length">Bytes.</param>
/// <param name="GitOid">Git's object id, 40 lower-case hex digits.</param>
public sealed record StoredBlob(string Digest, long Length, string GitOid);

/// <summary>What a sender promised about the bytes to come, and how many are taken at most.</summary>
public sealed record ExpectedContent
{
    /// <summary>Nothing is known and nothing but the disk limits it.</summary>
    public static ExpectedContent Anything { get; } = new();

    /// <summary>Exactly this many bytes. Saves the second pass that git's object id takes otherwise.</summary>
    public long? Length { get; init; }

    /// <summary>SHA-256 of the bytes, lower-case hex.</summary>
    public string? Digest { get; init; }

    /// <summary>Most bytes that are taken; the first one more ends it.</summary>
    public long? Limit { get; init; }
}
