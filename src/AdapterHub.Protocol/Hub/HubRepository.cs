using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Hub;

/// <summary>A repository as the asking person sees it.</summary>
public sealed record HubRepository
{
    /// <summary><c>owner/name</c> as it is now; it may differ from the one asked for when the repository has moved.</summary>
    public required string Name { get; init; }

    public required HubRepositoryKind Kind { get; init; }

    public required HubVisibility Visibility { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it went to the trash; absent while it is not there.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    public required string Title { get; init; }

    public required string Summary { get; init; }

    /// <summary>SPDX identifier, where there is one.</summary>
    public string? License { get; init; }

    /// <summary>The base model as the card names it.</summary>
    public string? BaseModel { get; init; }

    /// <summary>The base model's repository in this hub.</summary>
    public string? BaseRepository { get; init; }

    /// <summary>LoRA, rsLoRA, DoRA; the architecture of a base model; the format of a dataset.</summary>
    public string? Method { get; init; }

    public int? Rank { get; init; }

    public double? Alpha { get; init; }

    /// <summary>The modules that the adapter changes.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    public long? Parameters { get; init; }

    /// <summary>Parameters of the base model, if it is in this hub.</summary>
    public long? BaseParameters { get; init; }

    /// <summary>All files of the newest revision, in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>The card's pipeline_tag.</summary>
    public string? Task { get; init; }

    public string? Library { get; init; }

    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>SHA-256 of the file of weights, where there is exactly one.</summary>
    public string? WeightsDigest { get; init; }

    public required long Downloads { get; init; }

    public required long Likes { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Newest commit of the default branch; absent while nothing was published.</summary>
    public string? Head { get; init; }

    /// <summary>What it was forked from.</summary>
    public string? ForkOf { get; init; }

    /// <summary>What the asking person may do with it.</summary>
    public required HubRole Role { get; init; }

    /// <summary>Whether the asking person likes it.</summary>
    public bool Liked { get; init; }
}

/// <summary>A repository to make.</summary>
/// <param name="Name"><c>owner/name</c>, free, under your own name or an organisation in which you may write.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubNewRepository(
    string Name, HubRepositoryKind Kind = HubRepositoryKind.Adapter, HubVisibility Visibility = HubVisibility.Public);

/// <summary>What to change of a repository; what is absent stays.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubRepositoryChange
{
    public HubVisibility? Visibility { get; init; }

    /// <summary>Another <c>owner/name</c>: renames it, or gives it to another owner. The old name leads to the new one.</summary>
    public string? Name { get; init; }
}

/// <summary>Where a fork goes.</summary>
/// <param name="Name"><c>owner/name</c>, free.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubForkRequest(string Name);

/// <summary>A person's role in one repository, beside what the owner has anyway.</summary>
public sealed record HubCollaborator(string User, HubRole Role);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubRoleChange(HubRole Role);
