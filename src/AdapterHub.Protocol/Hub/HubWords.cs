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

/// <summary>How much a sign-in or a token permits.</summary>
[JsonConverter(typeof(WordConverter<HubScope>))]
public enum HubScope
{
    [JsonStringEnumMemberName("read")]
    Read,

    [JsonStringEnumMemberName("write")]
    Write,

    /// <summary>Signed in with a browser: the account and its tokens too.</summary>
    [JsonStringEnumMemberName("full")]
    Full,
}

[JsonConverter(typeof(WordConverter<HubOwnerKind>))]
public enum HubOwnerKind
{
    [JsonStringEnumMemberName("user")]
    User,

    [JsonStringEnumMemberName("organization")]
    Organization,
}

/// <summary>Who may make an account.</summary>
[JsonConverter(typeof(WordConverter<HubRegistration>))]
public enum HubRegistration
{
    [JsonStringEnumMemberName("closed")]
    Closed,

    [JsonStringEnumMemberName("by-invitation")]
    ByInvitation,

    [JsonStringEnumMemberName("open")]
    Open,
}

/// <summary>Which accounts to list.</summary>
[JsonConverter(typeof(WordConverter<HubUserFilter>))]
public enum HubUserFilter
{
    [JsonStringEnumMemberName("all")]
    All,

    [JsonStringEnumMemberName("administrators")]
    Administrators,

    [JsonStringEnumMemberName("disabled")]
    Disabled,
}

/// <summary>Words only: a number would reach values that no word names.</summary>
public sealed class WordConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false) where T : struct, Enum;
