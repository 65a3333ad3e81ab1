using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Hub;

/// <summary>What everybody may know of a hub.</summary>
/// <param name="Name">As its pages call it.</param>
/// <param name="Version">Of the program.</param>
/// <param name="MaximumFileBytes">The largest file that it takes.</param>
/// <param name="AnonymousReading">Whether people who are not signed in see what is public.</param>
public sealed record HubAbout(string Name, string Version, long MaximumFileBytes, bool AnonymousReading, HubRegistration Registration);

/// <summary>Who asks.</summary>
/// <param name="Owners">The names under which the account may publish, its own first.</param>
public sealed record HubIdentity(string Name, HubScope Scope, bool IsAdministrator, IReadOnlyList<HubOwnerName> Owners);

public sealed record HubOwnerName(string Name, HubOwnerKind Kind, string? DisplayName = null);

/// <summary>A person or an organisation as others see it.</summary>
/// <param name="Role">Of the asking person in it.</param>
/// <param name="Related">A person's organisations, or an organisation's members.</param>
public sealed record HubOwner(
    string Name, HubOwnerKind Kind, DateTimeOffset CreatedAt, HubRole Role, IReadOnlyList<HubOwnerName> Related, string? DisplayName = null, string? About = null);

/// <param name="LimitBytes">Absent for no limit.</param>
public sealed record HubStorage(long UsedBytes, long? LimitBytes = null);

/// <summary>One's own account.</summary>
public sealed record HubAccount(
    string Name, bool IsAdministrator, bool HasPassword, DateTimeOffset CreatedAt, string? DisplayName = null, string? About = null);

/// <summary>Replaces both; what is absent becomes empty.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubProfileChange(string? DisplayName = null, string? About = null);

/// <param name="Ending">The token's last characters.</param>
public sealed record HubToken(long Id, string Name, string Ending, HubScope Scope, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt = null, DateTimeOffset? ExpiresAt = null);

/// <param name="Scope">read or write.</param>
/// <param name="Days">How long it lives; absent for one without an end.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubNewToken(string Name, HubScope Scope = HubScope.Read, int? Days = null);

/// <param name="Token">Shown this once.</param>
public sealed record HubIssuedToken(string Token, HubToken Facts);

/// <param name="Members">Owners first.</param>
public sealed record HubOrganization(
    string Name, DateTimeOffset CreatedAt, HubRole Role, IReadOnlyList<HubMember> Members, string? DisplayName = null, string? About = null);

public sealed record HubMember(string User, HubRole Role, DateTimeOffset Since, string? DisplayName = null);

/// <param name="Members">How many.</param>
public sealed record HubOrganizationSummary(string Name, HubRole Role, int Members, string? DisplayName = null);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubNewOrganization(string Name, string? DisplayName = null);
