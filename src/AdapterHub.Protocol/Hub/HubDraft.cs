using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Hub;

/// <summary>A publication under way: it lives on the hub, so that a broken connection loses nothing.</summary>
public sealed record HubDraft
{
    /// <summary>32 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary><c>owner/name</c>; absent while none is chosen.</summary>
    public string? Name { get; init; }

    /// <summary>It becomes the next revision of an existing repository.</summary>
    public bool IsRevision { get; init; }

    public required HubRepositoryKind Kind { get; init; }

    public required HubVisibility Visibility { get; init; }

    /// <summary>By path.</summary>
    public required IReadOnlyList<HubDraftFile> Files { get; init; }

    /// <summary>README.md as edited; absent while nobody edited it.</summary>
    public string? Card { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it will be thrown away, unless somebody touches it.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <param name="Id">32 hex digits.</param>
/// <param name="Length">Bytes announced.</param>
/// <param name="Received">Bytes that are there: the offset at which sending goes on.</param>
/// <param name="Digest">SHA-256, once it is complete.</param>
public sealed record HubDraftFile(string Id, string Path, long Length, long Received, string? Digest = null)
{
    [JsonIgnore]
    public bool IsComplete => Digest is not null;
}

/// <summary>Where a draft is to be published. What is absent is not decided yet, or stays as it is.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubDraftTarget
{
    /// <summary><c>owner/name</c>: an existing repository gets a new revision, a free name becomes a new repository.</summary>
    public string? Name { get; init; }

    /// <summary>Of a new repository.</summary>
    public HubRepositoryKind? Kind { get; init; }

    /// <summary>Of a new repository.</summary>
    public HubVisibility? Visibility { get; init; }
}

/// <summary>The files that will come.</summary>
/// <param name="StripFolder">One folder around everything is left out, as a dropped folder has it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubAnnouncement(IReadOnlyList<HubAnnouncedFile> Files, bool StripFolder = false);

/// <param name="Length">Bytes.</param>
/// <param name="Digest">SHA-256 where it is known: bytes that the hub holds need not be sent, and an interrupted file goes on where it stopped.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubAnnouncedFile(string Path, long Length, string? Digest = null);

/// <summary>Another path for a file of a draft.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubPathChange(string Path);

/// <summary>README.md as edited; without text the file that came is taken again.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubCardChange(string? Text = null);

/// <param name="Message">What the revision changes; absent takes a plain one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubPublication(string? Message = null);
