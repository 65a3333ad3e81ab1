using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Hub;

/// <param name="Total">Over all pages.</param>
public sealed record HubUserPage(IReadOnlyList<HubUser> Users, int Total);

/// <summary>An account as administrators see it.</summary>
public sealed record HubUser
{
    public required string Name { get; init; }

    public string? DisplayName { get; init; }

    public bool IsAdministrator { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>Set while it is shut.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Set while too many wrong passwords keep it locked.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    public int Repositories { get; init; }

    /// <summary>API tokens in force.</summary>
    public int Tokens { get; init; }

    public required HubStorage Storage { get; init; }

    /// <summary>A limit of its own; absent where the hub's holds.</summary>
    public long? OwnQuotaBytes { get; init; }
}

/// <summary>What to change of an account; what is absent stays.</summary>
/// <param name="Disabled">Shuts it, with its sessions and tokens, or opens it.</param>
/// <param name="Administrator">Makes or unmakes an administrator.</param>
/// <param name="Locked">False lifts the lock that wrong passwords put on it; true is refused.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubUserChange(bool? Disabled = null, bool? Administrator = null, bool? Locked = null);

/// <param name="LimitBytes">Absent returns to the hub's default.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubQuotaChange(long? LimitBytes = null);

/// <summary>What administrators can change while the hub runs.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubConfiguration
{
    /// <summary>Shown in the header and in titles.</summary>
    public required string Name { get; init; }

    public required HubRegistration Registration { get; init; }

    /// <summary>Whether people who are not signed in see what is public.</summary>
    public required bool AnonymousReading { get; init; }

    /// <summary>Whether everybody, and not only administrators, may found organisations.</summary>
    public required bool AnyoneFoundsOrganizations { get; init; }

    /// <summary>Absent for no limit.</summary>
    public long? DefaultQuotaBytes { get; init; }

    /// <summary>The largest file that is taken.</summary>
    public required long MaximumFileBytes { get; init; }
}

/// <param name="Entries">Newest first.</param>
/// <param name="Older">For <c>before</c> of the next page; absent on the last.</param>
public sealed record HubAuditPage(IReadOnlyList<HubAuditEntry> Entries, long? Older = null);

/// <param name="Action">Such as <c>repository.create</c>.</param>
/// <param name="Subject">Such as <c>ada/my-adapter</c>.</param>
public sealed record HubAuditEntry(long Id, DateTimeOffset At, string User, string Action, string Subject, string? Details = null, string? Address = null);

/// <param name="ForUser">The account whose password it sets; absent for one that registers somebody.</param>
public sealed record HubInvitation(
    long Id, string Note, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string? ForUser = null, string? UsedBy = null, DateTimeOffset? UsedAt = null);

/// <param name="Note">For whom, in your words.</param>
/// <param name="ForUser">An account that gets a new password; absent for an invitation to register.</param>
/// <param name="Days">How long it is good.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubNewInvitation(string? Note = null, string? ForUser = null, int Days = 7);

/// <param name="Key">Goes into the link; shown this once.</param>
public sealed record HubIssuedInvitation(string Key, HubInvitation Facts);

/// <summary>What a collection of orphans took away.</summary>
/// <param name="Blobs">Blobs that nothing used any more.</param>
/// <param name="StrayFiles">Files without a row.</param>
/// <param name="Drafts">Publications begun and left.</param>
/// <param name="Bytes">Bytes that the disk has back.</param>
public sealed record HubCollection(int Blobs, int StrayFiles, int Drafts, long Bytes);

/// <summary>What a check of the whole catalogue found.</summary>
/// <param name="Problems">One sentence each; empty when everything is whole.</param>
public sealed record HubCheck(int Commits, int Blobs, long Bytes, IReadOnlyList<string> Problems);
