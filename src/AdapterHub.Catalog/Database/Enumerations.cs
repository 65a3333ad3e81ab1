namespace AdapterHub.Catalog.Database;

/// <summary>What a repository holds. Stored by number.</summary>
public enum RepositoryKind
{
    Adapter = 0,
    BaseModel = 1,
    Dataset = 2,
}

/// <summary>Who sees a repository. Stored by number.</summary>
public enum RepositoryVisibility
{
    /// <summary>Everybody, in lists and search too.</summary>
    Public = 0,

    /// <summary>Whoever has the link; in no list and no search but its owner's.</summary>
    Unlisted = 1,

    /// <summary>Only those with a role.</summary>
    Private = 2,
}

public enum OwnerKind
{
    User = 0,
    Organization = 1,
}

/// <summary>What somebody may do with a repository or in an organisation; a greater one includes the lesser.</summary>
public enum AccessRole
{
    None = 0,
    Reader = 1,
    Writer = 2,
    Owner = 3,
}

public enum ReferenceKind
{
    Branch = 0,
    Tag = 1,
}

/// <summary>How one repository came from another thing.</summary>
public enum LineageRelation
{
    BaseModel = 0,
    BlendParent = 1,
    Fork = 2,
    Dataset = 3,
    Run = 4,
}

/// <summary>What a run does. Stored by number.</summary>
public enum RunKind
{
    /// <summary>Trains an adapter, which is published.</summary>
    Train = 0,

    /// <summary>Measures the perplexity of a base model; nothing is published.</summary>
    Evaluate = 1,

    /// <summary>Makes one adapter of several, which is published where a target is named; or only measures them and finds weights.</summary>
    Blend = 2,
}

/// <summary>Where a run stands. Stored by number. RunStates has every way from one to another.</summary>
public enum RunState
{
    /// <summary>Waits for its turn, or for the runs that it comes after.</summary>
    Queued = 0,

    /// <summary>A worker has it.</summary>
    Running = 1,

    /// <summary>The worker was asked to stop and to leave a checkpoint.</summary>
    Pausing = 2,

    /// <summary>Waits until somebody lets it go on.</summary>
    Paused = 3,

    /// <summary>The worker was asked to stop for good.</summary>
    Cancelling = 4,

    Succeeded = 5,

    Failed = 6,

    Cancelled = 7,
}
