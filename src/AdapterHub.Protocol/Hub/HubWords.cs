using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Hub;

/// <summary>What a repository holds.</summary>
[JsonConverter(typeof(WordConverter<HubRepositoryKind>))]
public enum HubRepositoryKind
{
    [JsonStringEnumMemberName("adapter")]
    Adapter,

    [JsonStringEnumMemberName("base-model")]
    BaseModel,

    [JsonStringEnumMemberName("dataset")]
    Dataset,
}

/// <summary>Who sees a repository.</summary>
[JsonConverter(typeof(WordConverter<HubVisibility>))]
public enum HubVisibility
{
    /// <summary>Everybody, in lists and search too.</summary>
    [JsonStringEnumMemberName("public")]
    Public,

    /// <summary>Whoever has the link.</summary>
    [JsonStringEnumMemberName("unlisted")]
    Unlisted,

    /// <summary>Only those with a role.</summary>
    [JsonStringEnumMemberName("private")]
    Private,
}

/// <summary>What somebody may do with a repository or in an organisation; a later one includes the earlier.</summary>
[JsonConverter(typeof(WordConverter<HubRole>))]
public enum HubRole
{
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("reader")]
    Reader,

    [JsonStringEnumMemberName("writer")]
    Writer,

    [JsonStringEnumMemberName("owner")]
    Owner,
}

[JsonConverter(typeof(WordConverter<HubReferenceKind>))]
public enum HubReferenceKind
{
    [JsonStringEnumMemberName("branch")]
    Branch,

    [JsonStringEnumMemberName("tag")]
    Tag,
}

[JsonConverter(typeof(WordConverter<HubChangeKind>))]
public enum HubChangeKind
{
    [JsonStringEnumMemberName("added")]
    Added,

    [JsonStringEnumMemberName("removed")]
    Removed,

    [JsonStringEnumMemberName("changed")]
    Changed,
}

/// <summary>Words only: a number would reach values that no word names.</summary>
internal sealed class WordConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false) where T : struct, Enum;
