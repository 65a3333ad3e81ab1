namespace AdapterHub.Catalog.Accounts;

/// <summary>Who may make an account.</summary>
public enum RegistrationMode
{
    /// <summary>Nobody; invitations made before do not work meanwhile.</summary>
    Closed,

    /// <summary>Whoever has an invitation of an administrator.</summary>
    ByInvitation,

    /// <summary>Everybody who reaches the hub.</summary>
    Open,
}

/// <summary>What an administrator can change while the hub runs. The values here are the defaults.</summary>
public sealed record HubSettings
{
    /// <summary>Shown at the top of every page.</summary>
    public string Name { get; init; } = "AdapterHub";

    public RegistrationMode Registration { get; init; } = RegistrationMode.ByInvitation;

    /// <summary>Whether people who are not signed in see what is public.</summary>
    public bool AnonymousReading { get; init; } = true;

    /// <summary>Whether everybody, and not only administrators, may found organisations.</summary>
    public bool AnyoneFoundsOrganizations { get; init; } = true;

    /// <summary>Bytes an owner may store unless a quota of its own is set; null for no limit.</summary>
    public long? DefaultQuotaBytes { get; init; }

    /// <summary>The largest single file that is accepted, in bytes.</summary>
    public long MaximumFileBytes { get; init; } = 64L << 30;
}
