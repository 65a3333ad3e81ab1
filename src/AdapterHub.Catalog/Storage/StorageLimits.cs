namespace AdapterHub.Catalog.Storage;

/// <summary>How much the hub takes. Read anew for each piece of work: an administrator may change it at any time.</summary>
/// <param name="QuotaBytes">What an owner without a quota of its own may store; null for no limit.</param>
/// <param name="FileBytes">The largest single file.</param>
public sealed record StorageLimits(long? QuotaBytes, long FileBytes)
{
    public static StorageLimits Default { get; } = new(null, 64L << 30);
}

/// <summary>Where the limits come from.</summary>
public delegate ValueTask<StorageLimits> StorageLimitsSource(CancellationToken cancel);
