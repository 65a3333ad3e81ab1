namespace AdapterHub.Catalog.Database;

/// <summary>
/// A publication under way: files arrive, are checked, the card is written, and then one commit comes of it. It belongs to the server, so a
/// reload, another device or a broken connection loses nothing.
/// </summary>
public sealed class Draft
{
    /// <summary>32 random hex digits.</summary>
    public required string Id { get; set; }
    public long UserId { get; set; }
    public User User { get; set; } = null!;

    /// <summary>The repository to commit to; null for one that publishing creates.</summary>
    public long? RepositoryId { get; set; }
    public Repository? Repository { get; set; }
    public string OwnerName { get; set; } = "";
    public string Name { get; set; } = "";
    public RepositoryKind Kind { get; set; }
    public RepositoryVisibility Visibility { get; set; }

    /// <summary>README.md as edited so far; null until it was edited or drafted.</summary>
    public string? Card { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public List<DraftFile> Files { get; } = [];
}

/// <summary>One file of a draft: in the quarantine folder while it arrives, a blob once its last byte is there.</summary>
public sealed class DraftFile
{
    /// <summary>32 random hex digits; also the name of the quarantine file.</summary>
    public required string Id { get; set; }
    public required string DraftId { get; set; }
    public Draft Draft { get; set; } = null!;
    public required string Path { get; set; }

    /// <summary>Bytes announced.</summary>
    public long Length { get; set; }

    /// <summary>SHA-256 that the sender announced; what arrives must have it. Null when none was announced.</summary>
    public string? ExpectedDigest { get; set; }

    /// <summary>Set when all bytes are there and stored.</summary>
    public string? Digest { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}
