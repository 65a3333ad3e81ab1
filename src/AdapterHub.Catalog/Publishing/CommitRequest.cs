using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Publishing;

/// <summary>One change of a tree.</summary>
/// <param name="Path">By the rules of <see cref="TreePath"/>.</param>
/// <param name="Digest">The blob that lies there from now on; null takes the file away.</param>
public sealed record FileChange(string Path, string? Digest)
{
    public static FileChange Put(string path, string digest) => new(path, digest);

    public static FileChange Delete(string path) => new(path, null);
}

/// <summary>What to commit.</summary>
public sealed record CommitRequest
{
    public const int LongestTitle = 200;
    public const int LongestMessage = 20_000;

    public string Branch { get; init; } = Repository.DefaultBranch;

    /// <summary>The commit that the changes were made against: another head by now is a conflict. Null takes the head as it is.</summary>
    public string? ExpectedParent { get; init; }

    /// <summary>The first line is the title.</summary>
    public required string Message { get; init; }

    public required IReadOnlyList<FileChange> Files { get; init; }

    /// <summary>Whether the changes are all there is: files of the parent that are not named go. Otherwise they stay.</summary>
    public bool ReplacesTree { get; init; }
}

/// <summary>A revision that was made, or the one that already was what had been asked for.</summary>
/// <param name="RepositoryId">Key of the repository.</param>
/// <param name="CommitId">40 lower-case hex digits.</param>
/// <param name="ParentId">Null for the first.</param>
/// <param name="Branch">The branch that it is the head of.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="IsNew">False when nothing had to change.</param>
/// <param name="Warnings">What the checks would have people know; the revision was made all the same.</param>
public sealed record PublishedCommit(
    long RepositoryId, string CommitId, string? ParentId, string Branch, DateTimeOffset CreatedAt, bool IsNew, IReadOnlyList<string> Warnings);
