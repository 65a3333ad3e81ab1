using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Hub;

/// <summary>A revision to make of small files, in one request. Large files come by a draft.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubNewCommit
{
    /// <summary>Absent takes the default branch.</summary>
    public string? Branch { get; init; }

    /// <summary>The commit that the changes were made against: another head by now is a conflict. Absent takes the head as it is.</summary>
    public string? ExpectedParent { get; init; }

    /// <summary>The first line is the title.</summary>
    public required string Message { get; init; }

    public required IReadOnlyList<HubNewFile> Files { get; init; }

    /// <summary>The changes are all there is: files that are not named go.</summary>
    public bool ReplacesTree { get; init; }
}

/// <summary>One change of a tree: exactly one of text, base64, digest and delete.</summary>
/// <param name="Path">With forward slashes, relative.</param>
/// <param name="Text">The file's content as text; it is stored as UTF-8.</param>
/// <param name="Base64">The file's content.</param>
/// <param name="Digest">SHA-256 of bytes that are in the hub already and that you may use.</param>
/// <param name="Delete">Takes the file away.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubNewFile(string Path, string? Text = null, byte[]? Base64 = null, string? Digest = null, bool Delete = false);

/// <summary>A revision that was made.</summary>
/// <param name="CommitId">40 hex digits.</param>
/// <param name="IsNew">False when the branch had exactly this content already.</param>
/// <param name="ParentId">Absent for the first.</param>
/// <param name="Warnings">What the checks would have you know; the revision was made all the same.</param>
public sealed record HubPublished(
    string Repository, string CommitId, string Branch, DateTimeOffset CreatedAt, bool IsNew, string? ParentId = null, IReadOnlyList<string>? Warnings = null);
