namespace AdapterHub.Catalog.Database;

/// <summary>Bytes, stored once under their SHA-256, whoever uploaded them. The row is written after the file is in place.</summary>
public sealed class Blob
{
    /// <summary>64 lower-case hex digits.</summary>
    public required string Digest { get; set; }
    public long Length { get; set; }

    /// <summary>Git's object id: sha1 of <c>blob LENGTH NUL bytes</c>, 40 hex digits. The Hugging Face API calls it oid.</summary>
    public required string GitOid { get; set; }

    /// <summary>When the bytes came last; collecting counts its grace from here.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>
/// Who sent which bytes. Naming a digest is no right to the bytes (a public blend names the digests of its parents, which may be private), so
/// only bytes that one sent, or may read anyway, can be committed.
/// </summary>
public sealed class BlobReceipt
{
    public required string Digest { get; set; }
    public Blob Blob { get; set; } = null!;
    public long UserId { get; set; }
    public User User { get; set; } = null!;
    public DateTimeOffset At { get; set; }
}

/// <summary>One immutable revision: a tree of paths to blobs.</summary>
public sealed class Commit
{
    public long Key { get; set; }

    /// <summary>40 lower-case hex digits, of the content: tree, parent, author, message and time, as in git; a fork keeps the ids of its history.</summary>
    public required string Id { get; set; }
    public long RepositoryId { get; set; }
    public Repository Repository { get; set; } = null!;
    public long? ParentKey { get; set; }
    public Commit? Parent { get; set; }
    public long? AuthorId { get; set; }
    public required string AuthorName { get; set; }

    /// <summary>The first line of the message.</summary>
    public required string Title { get; set; }
    public string? Message { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public List<CommitFile> Files { get; } = [];
}

public sealed class CommitFile
{
    public long CommitKey { get; set; }

    /// <summary>With forward slashes, no leading one, no <c>.</c> or <c>..</c> part.</summary>
    public required string Path { get; set; }
    public required string Digest { get; set; }
    public Blob Blob { get; set; } = null!;
    public long Length { get; set; }
}

/// <summary>A branch or a tag: a name for a commit.</summary>
public sealed class Reference
{
    public long RepositoryId { get; set; }
    public ReferenceKind Kind { get; set; }
    public required string Name { get; set; }
    public long CommitKey { get; set; }
    public Commit Commit { get; set; } = null!;
}

/// <summary>What was computed once of immutable bytes (anatomy, tensor map, listing), under a key made of kind, version and digests.</summary>
public sealed class Inspection
{
    public required string Key { get; set; }
    public required string Json { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}
