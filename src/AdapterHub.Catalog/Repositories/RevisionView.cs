using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Repositories;

/// <param name="Id">40 hex digits.</param>
/// <param name="Title">The first line of the message.</param>
/// <param name="Message">The rest of it.</param>
/// <param name="ParentId">Null for the first commit.</param>
public sealed record CommitView(string Id, string Title, string? Message, string AuthorName, DateTimeOffset CreatedAt, string? ParentId);

/// <param name="Length">Bytes.</param>
/// <param name="Digest">SHA-256, 64 hex digits.</param>
/// <param name="GitOid">Git's blob id, 40 hex digits.</param>
public sealed record FileView(string Path, long Length, string Digest, string GitOid);

/// <summary>One immutable revision as one actor sees it. Files are in ordinal order of their paths.</summary>
public sealed record RevisionView(long RepositoryId, RepositoryName Repository, CommitView Commit, IReadOnlyList<FileView> Files)
{
    public FileView? Find(string path) => Files.FirstOrDefault(file => string.Equals(file.Path, path, StringComparison.Ordinal));
}

public sealed record ReferenceView(ReferenceKind Kind, string Name, string CommitId, DateTimeOffset CommittedAt);

public enum FileChangeKind
{
    Added,
    Removed,
    Changed,
}

/// <summary>One path that differs between two revisions.</summary>
public sealed record FileDifference(string Path, FileChangeKind Kind, FileView? Before, FileView? After);

/// <summary>One file with the revision that it was found in.</summary>
public sealed record RevisionFile(
    long RepositoryId, RepositoryName Repository, RepositoryKind Kind, RepositoryVisibility Visibility, string CommitId, DateTimeOffset CommittedAt, FileView File);
