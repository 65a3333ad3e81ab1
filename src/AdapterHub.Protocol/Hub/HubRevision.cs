using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Hub;

/// <param name="Id">40 hex digits.</param>
/// <param name="Title">The first line of the message.</param>
/// <param name="Author">The author's name at the time.</param>
/// <param name="Message">The rest of the message.</param>
/// <param name="ParentId">Absent for the first commit.</param>
public sealed record HubCommit(string Id, string Title, string Author, DateTimeOffset CreatedAt, string? Message = null, string? ParentId = null);

/// <param name="Path">With forward slashes, relative.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Digest">SHA-256, 64 hex digits.</param>
/// <param name="GitOid">Git's id of the blob, 40 hex digits.</param>
public sealed record HubFile(string Path, long Length, string Digest, string GitOid);

/// <summary>One immutable revision and all of its files, by path.</summary>
public sealed record HubRevision(string Repository, HubCommit Commit, IReadOnlyList<HubFile> Files);

/// <summary>What lies directly in one folder of a revision: folders first, by name.</summary>
/// <param name="Path">The folder, empty for the top.</param>
public sealed record HubFolder(string Repository, string CommitId, string Path, IReadOnlyList<HubFolderEntry> Entries);

/// <param name="Name">Without the folder's path.</param>
/// <param name="IsFolder">Then <paramref name="Length"/> is the sum of all files below it.</param>
/// <param name="Digest">Of a file.</param>
public sealed record HubFolderEntry(string Name, bool IsFolder, long Length, string? Digest = null);

/// <summary>A branch or a tag.</summary>
public sealed record HubReference(HubReferenceKind Kind, string Name, string CommitId, DateTimeOffset CommittedAt);

/// <summary>A branch or a tag to make.</summary>
/// <param name="Revision">Branch, tag or commit id where it starts; absent for the head of the default branch.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubNewReference(HubReferenceKind Kind, string Name, string? Revision = null);

/// <summary>One path in which two revisions differ.</summary>
public sealed record HubDifference(string Path, HubChangeKind Kind, HubFile? Before = null, HubFile? After = null);
