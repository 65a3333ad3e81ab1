using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Hub;

/// <summary>
/// The records of the hub's interface as JSON: camelCase, absent instead of null. Answers may gain members, which older clients pass over;
/// requests refuse members that they do not know, so that a misspelt one is not silently ignored.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HubProblem))]
[JsonSerializable(typeof(HubRepository))]
[JsonSerializable(typeof(HubNewRepository))]
[JsonSerializable(typeof(HubRepositoryChange))]
[JsonSerializable(typeof(HubForkRequest))]
[JsonSerializable(typeof(IReadOnlyList<HubRepository>))]
[JsonSerializable(typeof(IReadOnlyList<HubCollaborator>))]
[JsonSerializable(typeof(HubRoleChange))]
[JsonSerializable(typeof(HubRevision))]
[JsonSerializable(typeof(HubFolder))]
[JsonSerializable(typeof(IReadOnlyList<HubCommit>))]
[JsonSerializable(typeof(IReadOnlyList<HubReference>))]
[JsonSerializable(typeof(HubNewReference))]
[JsonSerializable(typeof(IReadOnlyList<HubDifference>))]
[JsonSerializable(typeof(HubNewCommit))]
[JsonSerializable(typeof(HubPublished))]
[JsonSerializable(typeof(HubDraft))]
[JsonSerializable(typeof(IReadOnlyList<HubDraft>))]
[JsonSerializable(typeof(HubDraftTarget))]
[JsonSerializable(typeof(HubAnnouncement))]
[JsonSerializable(typeof(HubPathChange))]
[JsonSerializable(typeof(HubCardChange))]
[JsonSerializable(typeof(HubPublication))]
[JsonSerializable(typeof(HubSearchPage))]
public sealed partial class HubJson : JsonSerializerContext;
