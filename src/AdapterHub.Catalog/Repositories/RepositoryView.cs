using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Repositories;

/// <summary>A repository as one actor sees it now.</summary>
public sealed record RepositoryView
{
    public required long Id { get; init; }
    public required RepositoryName Name { get; init; }
    public required RepositoryKind Kind { get; init; }
    public required RepositoryVisibility Visibility { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public required string Title { get; init; }
    public required string Summary { get; init; }
    public string? License { get; init; }
    public string? BaseModel { get; init; }

    /// <summary>The base model's repository here, if the actor may see it.</summary>
    public RepositoryName? BaseRepository { get; init; }
    public string? Method { get; init; }
    public int? Rank { get; init; }
    public double? Alpha { get; init; }
    public string? Targets { get; init; }
    public long? Parameters { get; init; }

    /// <summary>The base model's parameter count, if it is here: with it the share that the adapter trains can be said.</summary>
    public long? BaseParameters { get; init; }
    public required long Bytes { get; init; }
    public string? Task { get; init; }
    public string? Library { get; init; }
    public string? Languages { get; init; }
    public string? WeightsDigest { get; init; }
    public required long Downloads { get; init; }
    public required long Likes { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Newest commit of the default branch; null while nothing was published.</summary>
    public string? Head { get; init; }
    public RepositoryName? ForkOf { get; init; }
    public required AccessRole Role { get; init; }
    public required bool Liked { get; init; }

    /// <summary>True when it was asked for under a name that it had before: the caller redirects to <see cref="Name"/>.</summary>
    public bool Moved { get; init; }

    public bool CanWrite => Role >= AccessRole.Writer;

    public bool CanManage => Role == AccessRole.Owner;
}

/// <param name="Name">Free, and under an owner that the actor may create in.</param>
public sealed record NewRepository(RepositoryName Name, RepositoryKind Kind, RepositoryVisibility Visibility);
