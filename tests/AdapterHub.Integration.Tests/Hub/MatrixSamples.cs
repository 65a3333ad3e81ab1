using System.Globalization;

namespace AdapterHub.Integration.Tests.Hub;

/// <summary>A call that would be carried out if it is allowed.</summary>
internal sealed record MatrixSample(string? Body, IReadOnlyDictionary<string, string> Values, string Query = "", string MediaType = "application/json");

/// <summary>A sample call of each endpoint, by its name.</summary>
internal static class MatrixSamples
{
    private static int _count;

    /// <summary>Those that name a thing by number or kind which a sample repository does not have.</summary>
    public static bool FindsNothing(string endpoint) => endpoint is "RevokeToken" or "RevokeInvitation" or "RevokeWorker" or "GetAnatomy" or "PublishCheckpoint";

    public static MatrixSample For(string endpoint, MatrixHub matrix, MatrixRole role)
    {
        var file = matrix.Draft.Files[0];
        var fresh = (++_count).ToString(CultureInfo.InvariantCulture);
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["revision"] = "main", ["path"] = endpoint == "GetImage" ? "picture.png" : "data.txt", ["from"] = "main", ["to"] = "main", ["digest"] = matrix.Digest,
            ["kind"] = "tag", ["reference"] = "old", ["user"] = "guest", ["owner"] = "owner", ["organization"] = matrix.Organization,
            ["draft"] = matrix.Draft.Id, ["file"] = file.Id, ["id"] = "999999", ["run"] = matrix.Run.ToString(CultureInfo.InvariantCulture),
            ["step"] = "5",
            ["sweep"] = matrix.Sweep.ToString(CultureInfo.InvariantCulture),
        };
        return endpoint switch
        {
            "SendRunText" => new MatrixSample("a text", values, "?name=text.txt", "application/octet-stream"),
            "SendFile" => new MatrixSample("12345", values, "?offset=0", "application/octet-stream"),
            _ => new MatrixSample(Body(endpoint, fresh, matrix.NameOf(role)), values),
        };
    }

    private static string? Body(string endpoint, string fresh, string caller) => endpoint switch
    {
        "CreateRepository" => $$"""{"name":"{{caller}}/made{{fresh}}"}""",
        "ChangeRepository" => """{"visibility":"private"}""",
        "ForkRepository" => $$"""{"name":"{{caller}}/fork{{fresh}}"}""",
        "SetCollaborator" or "SetMember" => """{"role":"reader"}""",
        "CreateReference" => $$"""{"kind":"tag","name":"t{{fresh}}"}""",
        "CreateCommit" => $$"""{"message":"m","files":[{"path":"more.txt","text":"{{fresh}}\n"}]}""",
        "CreateDraft" or "AimDraft" => "{}",
        "SetDraftCard" => """{"text":"---\nlicense: mit\n---\n# Card"}""",
        "PublishDraft" => "{}",
        "AnnounceFiles" => """{"files":[{"path":"other.txt","length":3}]}""",
        "RenameDraftFile" => """{"path":"renamed.txt"}""",
        "SetProfile" or "SetOrganizationProfile" => """{"displayName":"Name"}""",
        "CreateToken" => $$"""{"name":"token {{fresh}}"}""",
        "CreateOrganization" => $$"""{"name":"org{{fresh}}"}""",
        "ChangeUser" => """{"locked":false}""",
        "SetQuota" => "{}",
        // Without lanes it is refused with words before an engine is started.
        "GenerateInLanes" => """{"lanes":[],"prompt":"Once"}""",
        "ScoreInLanes" => """{"lanes":[],"text":"Once upon a time"}""",
        "StartRun" => """{"spec":{"kind":"evaluate","base":"owner/tiny-base","data":{"files":["owner/texts"]}}}""",
        "ForecastRun" => """{"spec":{"kind":"train","base":"owner/tiny-base","data":{"files":["owner/texts"]}}}""",
        "StartSweep" => $$$"""{"spec":{"kind":"train","base":"owner/tiny-base","data":{"files":["owner/texts"]}},"grid":{"rank":[4,8]},"target":"{{{caller}}}/swept{{{fresh}}}"}""",
        "PublishCheckpoint" => $$"""{"target":"{{caller}}/step{{fresh}}"}""",
        "CloneRun" => "{}",
        "SetRunPriority" => """{"priority":1}""",
        "CreateWorker" => $$"""{"name":"worker{{fresh}}"}""",
        "Invite" => """{"note":"somebody"}""",
        "SetSettings" => """{"name":"AdapterHub","registration":"by-invitation","anonymousReading":true,"anyoneFoundsOrganizations":true,"maximumFileBytes":68719476736}""",
        _ => null,
    };
}
