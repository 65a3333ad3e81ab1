namespace AdapterHub.Catalog.Database;

/// <summary>
/// A named line of revisions. The columns under "facts" are what the newest revision of the default branch says of itself, copied here so that
/// lists and facets read one table; Publishing writes them in the transaction that moves the branch.
/// </summary>
public sealed class Repository
{
    public const string DefaultBranch = "main";

    public long Id { get; set; }
    public long OwnerId { get; set; }
    public Owner Owner { get; set; } = null!;
    public required string Name { get; set; }
    public RepositoryKind Kind { get; set; }
    public RepositoryVisibility Visibility { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Set while it lies in the trash: nobody but its owners sees it there, and it can be restored.</summary>
    public DateTimeOffset? DeletedAt { get; set; }
    public long? ForkOfId { get; set; }
    public Repository? ForkOf { get; set; }

    // Facts.
    public string Title { get; set; } = "";
    public string Summary { get; set; } = "";
    public string? License { get; set; }

    /// <summary>As the card or the config names it: <c>inkwell</c>, <c>meta-llama/Llama-3.2-1B</c>.</summary>
    public string? BaseModel { get; set; }

    /// <summary>The base model's repository here, where there is one.</summary>
    public long? BaseRepositoryId { get; set; }
    public Repository? BaseRepository { get; set; }

    /// <summary>LoRA, rsLoRA, DoRA ...; the architecture for a base model; the file format for a dataset.</summary>
    public string? Method { get; set; }
    public int? Rank { get; set; }
    public double? Alpha { get; set; }

    /// <summary>Comma-separated, sorted: <c>down_proj, k_proj, ...</c></summary>
    public string? Targets { get; set; }
    public long? Parameters { get; set; }
    public long Bytes { get; set; }

    /// <summary>The card's pipeline_tag.</summary>
    public string? Task { get; set; }
    public string? Library { get; set; }

    /// <summary>Comma-separated.</summary>
    public string? Languages { get; set; }

    /// <summary>Digest of the file of weights, where there is exactly one.</summary>
    public string? WeightsDigest { get; set; }

    // Counters.
    public long Downloads { get; set; }
    public long Likes { get; set; }

    /// <summary>Recent likes and downloads; kept by triggers, see the view TrendingScores. Only its order means something.</summary>
    public double Trending { get; set; }

    public List<RepositoryTag> Tags { get; } = [];
    public List<Collaborator> Collaborators { get; } = [];
}

public sealed class RepositoryTag
{
    public long RepositoryId { get; set; }
    public required string Tag { get; set; }
}

/// <summary>A name that a repository had once; it leads to the repository until somebody else takes it.</summary>
public sealed class RepositoryRedirect
{
    public long Id { get; set; }
    public required string OwnerName { get; set; }
    public required string Name { get; set; }
    public long RepositoryId { get; set; }
    public Repository Repository { get; set; } = null!;
}

/// <summary>A person's role in one repository, beside those that the owner has anyway.</summary>
public sealed class Collaborator
{
    public long RepositoryId { get; set; }
    public Repository Repository { get; set; } = null!;
    public long UserId { get; set; }
    public User User { get; set; } = null!;
    public AccessRole Role { get; set; }
}

public sealed class Like
{
    public long RepositoryId { get; set; }
    public Repository Repository { get; set; } = null!;
    public long UserId { get; set; }
    public User User { get; set; } = null!;
    public DateTimeOffset At { get; set; }
}

/// <summary>Downloads of one day (UTC, days since 1970-01-01).</summary>
public sealed class DownloadDay
{
    public long RepositoryId { get; set; }
    public int Day { get; set; }
    public long Count { get; set; }
}

/// <summary>Where a repository comes from. <see cref="ParentId"/> is null for a parent that is not in this hub.</summary>
public sealed class LineageLink
{
    public long Id { get; set; }
    public long ChildId { get; set; }
    public Repository Child { get; set; } = null!;
    public LineageRelation Relation { get; set; }
    public long? ParentId { get; set; }
    public Repository? Parent { get; set; }
    public required string ParentName { get; set; }

    /// <summary>Commit id or digest of the parent, where known.</summary>
    public string? ParentRevision { get; set; }

    /// <summary>A blend's weight of this parent.</summary>
    public double? Weight { get; set; }
}
