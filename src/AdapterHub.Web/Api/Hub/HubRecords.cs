using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Web.Api.Hub;

/// <summary>The catalogue's views as the interface's records.</summary>
internal static class HubRecords
{
    public static HubRepository Record(this RepositoryView view) => new()
    {
        Name = view.Name.ToString(),
        Kind = Record(view.Kind),
        Visibility = Record(view.Visibility),
        CreatedAt = view.CreatedAt,
        UpdatedAt = view.UpdatedAt,
        DeletedAt = view.DeletedAt,
        Title = view.Title,
        Summary = view.Summary,
        License = view.License,
        BaseModel = view.BaseModel,
        BaseRepository = view.BaseRepository?.ToString(),
        Method = view.Method,
        Rank = view.Rank,
        Alpha = view.Alpha,
        Targets = Words(view.Targets),
        Parameters = view.Parameters,
        BaseParameters = view.BaseParameters,
        Bytes = view.Bytes,
        Task = view.Task,
        Library = view.Library,
        Languages = Words(view.Languages),
        WeightsDigest = view.WeightsDigest,
        Downloads = view.Downloads,
        Likes = view.Likes,
        Tags = view.Tags,
        Head = view.Head,
        ForkOf = view.ForkOf?.ToString(),
        Role = Record(view.Role),
        Liked = view.Liked,
    };

    public static HubCommit Record(this CommitView commit) =>
        new(commit.Id, commit.Title, commit.AuthorName, commit.CreatedAt, commit.Message, commit.ParentId);

    public static HubFile Record(this FileView file) => new(file.Path, file.Length, file.Digest, file.GitOid);

    public static HubRevision Record(this RevisionView revision) =>
        new(revision.Repository.ToString(), revision.Commit.Record(), [.. revision.Files.Select(Record)]);

    public static HubReference Record(this ReferenceView reference) =>
        new(reference.Kind == ReferenceKind.Tag ? HubReferenceKind.Tag : HubReferenceKind.Branch, reference.Name, reference.CommitId, reference.CommittedAt);

    public static HubDifference Record(this FileDifference difference) =>
        new(difference.Path, (HubChangeKind)difference.Kind, difference.Before?.Record(), difference.After?.Record());

    public static HubRepositoryKind Record(RepositoryKind kind) => kind switch
    {
        RepositoryKind.Adapter => HubRepositoryKind.Adapter,
        RepositoryKind.BaseModel => HubRepositoryKind.BaseModel,
        _ => HubRepositoryKind.Dataset,
    };

    public static RepositoryKind Stored(this HubRepositoryKind kind) => kind switch
    {
        HubRepositoryKind.Adapter => RepositoryKind.Adapter,
        HubRepositoryKind.BaseModel => RepositoryKind.BaseModel,
        _ => RepositoryKind.Dataset,
    };

    public static HubVisibility Record(RepositoryVisibility visibility) => visibility switch
    {
        RepositoryVisibility.Public => HubVisibility.Public,
        RepositoryVisibility.Unlisted => HubVisibility.Unlisted,
        _ => HubVisibility.Private,
    };

    public static RepositoryVisibility Stored(this HubVisibility visibility) => visibility switch
    {
        HubVisibility.Public => RepositoryVisibility.Public,
        HubVisibility.Unlisted => RepositoryVisibility.Unlisted,
        _ => RepositoryVisibility.Private,
    };

    public static HubRole Record(AccessRole role) => (HubRole)(int)role;

    public static AccessRole Stored(this HubRole role) => (AccessRole)(int)role;

    private static string[] Words(string? commaSeparated) =>
        commaSeparated?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
