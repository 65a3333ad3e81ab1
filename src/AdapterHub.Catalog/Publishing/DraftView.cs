using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;

namespace AdapterHub.Catalog.Publishing;

/// <summary>Where a draft is to be published. What is null is not decided yet, or stays as it is.</summary>
public sealed record DraftTarget
{
    /// <summary>An existing repository gets a new revision; a name that is free becomes a new repository.</summary>
    public RepositoryName? Name { get; init; }

    /// <summary>Of a new repository.</summary>
    public RepositoryKind? Kind { get; init; }

    /// <summary>Of a new repository.</summary>
    public RepositoryVisibility? Visibility { get; init; }
}

/// <summary>A file to come.</summary>
/// <param name="Path">Where it will lie in the revision.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Digest">SHA-256 if the sender knows it: bytes that the hub holds and the sender may use need not be sent, and others are compared with it.</param>
public sealed record AnnouncedFile(string Path, long Length, string? Digest = null);

/// <summary>A file of a draft.</summary>
/// <param name="Id">32 hex digits.</param>
/// <param name="Path">Where it will lie in the revision.</param>
/// <param name="Length">Bytes announced.</param>
/// <param name="Received">Bytes that are there: the offset at which sending goes on.</param>
/// <param name="Digest">SHA-256, once it is complete.</param>
public sealed record DraftFileView(string Id, string Path, long Length, long Received, string? Digest)
{
    public bool IsComplete => Digest is not null;

    /// <summary>Whether it may be unpacked.</summary>
    public bool IsArchive => Path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A draft as its owner sees it.</summary>
public sealed record DraftView
{
    public required string Id { get; init; }

    /// <summary>Null while no name is chosen.</summary>
    public required RepositoryName? Name { get; init; }

    /// <summary>Whether it becomes the next revision of an existing repository.</summary>
    public required bool IsRevision { get; init; }

    public required RepositoryKind Kind { get; init; }

    public required RepositoryVisibility Visibility { get; init; }

    /// <summary>In ordinal order of their paths.</summary>
    public required IReadOnlyList<DraftFileView> Files { get; init; }

    /// <summary>README.md as edited; null while nobody edited it.</summary>
    public required string? Card { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it will be thrown away, unless somebody touches it.</summary>
    public DateTimeOffset ExpiresAt => UpdatedAt + Storage.OrphanCollector.DraftTime;

    public bool IsComplete => (IsRevision || Files.Count > 0) && Files.All(file => file.IsComplete);

    public long Length => Files.Sum(file => file.Length);

    public long Received => Files.Sum(file => file.Received);
}
