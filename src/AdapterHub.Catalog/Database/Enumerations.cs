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
