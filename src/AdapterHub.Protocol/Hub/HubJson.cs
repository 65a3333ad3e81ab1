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
[JsonSerializable(typeof(HubSearchItem))]
[JsonSerializable(typeof(IReadOnlyList<HubSuggestion>))]
[JsonSerializable(typeof(IReadOnlyList<HubFileHolder>))]
[JsonSerializable(typeof(IReadOnlyList<HubFacetValue>))]
[JsonSerializable(typeof(HubOwnerPage))]
[JsonSerializable(typeof(HubBaseModelPage))]
[JsonSerializable(typeof(HubTensors))]
[JsonSerializable(typeof(HubAnatomy))]
[JsonSerializable(typeof(HubRows))]
[JsonSerializable(typeof(HubLineage))]
[JsonSerializable(typeof(HubReport))]
[JsonSerializable(typeof(HubAbout))]
[JsonSerializable(typeof(HubIdentity))]
[JsonSerializable(typeof(IReadOnlyList<HubToken>))]
[JsonSerializable(typeof(HubNewToken))]
[JsonSerializable(typeof(HubIssuedToken))]
[JsonSerializable(typeof(HubOwner))]
[JsonSerializable(typeof(IReadOnlyList<HubOwnerName>))]
[JsonSerializable(typeof(HubStorage))]
[JsonSerializable(typeof(HubProfileChange))]
[JsonSerializable(typeof(HubAccount))]
[JsonSerializable(typeof(HubOrganization))]
[JsonSerializable(typeof(IReadOnlyList<HubOrganizationSummary>))]
[JsonSerializable(typeof(HubNewOrganization))]
[JsonSerializable(typeof(HubUserPage))]
[JsonSerializable(typeof(HubUserChange))]
[JsonSerializable(typeof(HubQuotaChange))]
[JsonSerializable(typeof(HubConfiguration))]
[JsonSerializable(typeof(HubAuditPage))]
[JsonSerializable(typeof(IReadOnlyList<HubInvitation>))]
[JsonSerializable(typeof(HubNewInvitation))]
[JsonSerializable(typeof(HubIssuedInvitation))]
[JsonSerializable(typeof(HubCollection))]
[JsonSerializable(typeof(HubCheck))]
public sealed partial class HubJson : JsonSerializerContext;
