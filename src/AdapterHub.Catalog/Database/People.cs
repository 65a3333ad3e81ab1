using Microsoft.AspNetCore.Identity;

namespace AdapterHub.Catalog.Database;

/// <summary>A person with an account. Its <see cref="Owner"/> of the same name owns the person's repositories.</summary>
public sealed class User : IdentityUser<long>
{
    public long OwnerId { get; set; }
    public Owner Owner { get; set; } = null!;
    public bool IsAdministrator { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? LastSeenAt { get; set; }

    /// <summary>Set when an administrator shut the account; its tokens and sign-ins stop working at once.</summary>
    public DateTimeOffset? DisabledAt { get; set; }
}

/// <summary>A name space of repositories: a person's or an organisation's. The first part of <c>owner/name</c>.</summary>
public sealed class Owner
{
    public long Id { get; set; }
    public required string Name { get; set; }
    public OwnerKind Kind { get; set; }
    public string? DisplayName { get; set; }
    public string? About { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Bytes; null takes the hub's default.</summary>
    public long? QuotaBytes { get; set; }
}

/// <summary>A person's role in an organisation; it holds for every repository of the organisation.</summary>
public sealed class Membership
{
    public long OrganizationId { get; set; }
    public Owner Organization { get; set; } = null!;
    public long UserId { get; set; }
    public User User { get; set; } = null!;
    public AccessRole Role { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A key for programs. Only its hash is kept.</summary>
public sealed class ApiToken
{
    public long Id { get; set; }
    public long UserId { get; set; }
    public User User { get; set; } = null!;
    public required string Name { get; set; }

    /// <summary>SHA-256 of the token, hex. The token has 256 random bits, so a slow hash would add nothing.</summary>
    public required string Hash { get; set; }

    /// <summary>The last four characters, for the eye.</summary>
    public required string Ending { get; set; }
    public Accounts.ActorScope Scope { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? LastUsedAt { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>One browser that somebody signed in with. The cookie holds a random key; only its hash is kept here.</summary>
public sealed class Session
{
    public long Id { get; set; }

    /// <summary>SHA-256 of the key, hex.</summary>
    public required string Hash { get; set; }
    public long UserId { get; set; }
    public User User { get; set; } = null!;

    /// <summary>The account's security stamp at sign-in; the session is over when the account's is another.</summary>
    public required string Stamp { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset LastSeenAt { get; set; }

    /// <summary>Moves on while the session is in use, up to a limit counted from <see cref="CreatedAt"/>.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>False for a session that ends with the browser.</summary>
    public bool IsPersistent { get; set; }
    public string? Address { get; set; }

    /// <summary>The browser's User-Agent, shortened.</summary>
    public string? Browser { get; set; }
}

/// <summary>A link, good once, that lets one person register, or the owner of an account set a new password.</summary>
public sealed class Invitation
{
    public long Id { get; set; }
    public required string Hash { get; set; }
    public required string Note { get; set; }

    /// <summary>Whose password it sets; null for one that registers somebody.</summary>
    public long? ForUserId { get; set; }
    public User? ForUser { get; set; }
    public long CreatedById { get; set; }
    public User CreatedBy { get; set; } = null!;
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }
    public long? UsedById { get; set; }
    public DateTimeOffset? UsedAt { get; set; }
}

/// <summary>Who did what to what, and when. Never changed, never removed by the program.</summary>
public sealed class AuditEntry
{
    public long Id { get; set; }
    public DateTimeOffset At { get; set; }
    public long? UserId { get; set; }
    public required string UserName { get; set; }

    /// <summary>Such as <c>repository.create</c>, <c>account.sign-in</c>.</summary>
    public required string Action { get; set; }

    /// <summary>Such as <c>ada/my-adapter</c>.</summary>
    public required string Subject { get; set; }
    public string? Details { get; set; }
    public string? Address { get; set; }
}

/// <summary>A setting of the hub that an administrator changed from its default.</summary>
public sealed class HubSetting
{
    public required string Key { get; set; }
    public required string Value { get; set; }
}
