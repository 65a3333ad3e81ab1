namespace AdapterHub.Web.Components.Settings;

/// <summary>Actions of the audit log as the person says them who did them.</summary>
internal static class AuditWords
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["account.create"] = "Account made",
        ["account.sign-in"] = "Signed in",
        ["account.sign-in-refused"] = "Sign-in refused",
        ["account.sign-out"] = "Signed out",
        ["account.sign-out-everywhere"] = "Signed out everywhere",
        ["account.session-end"] = "Another browser signed out",
        ["account.confirm"] = "Password confirmed",
        ["account.confirm-refused"] = "Confirmation refused",
        ["account.password"] = "Password set",
        ["account.password-link"] = "Link for a new password made",
        ["account.profile"] = "Profile changed",
        ["account.disable"] = "Account disabled",
        ["account.enable"] = "Account enabled",
        ["account.unlock"] = "Account unlocked",
        ["account.administrator"] = "Administrator made",
        ["account.no-administrator"] = "Administrator unmade",
        ["account.close"] = "Account closed",
        ["token.create"] = "API token made",
        ["token.revoke"] = "API token revoked",
        ["invitation.create"] = "Invitation made",
        ["invitation.revoke"] = "Invitation taken back",
        ["organization.create"] = "Organisation founded",
        ["organization.delete"] = "Organisation dissolved",
        ["organization.member"] = "Members changed",
        ["organization.profile"] = "Organisation's profile changed",
        ["repository.create"] = "Repository made",
        ["repository.move"] = "Repository moved",
        ["repository.visibility"] = "Visibility changed",
        ["repository.trash"] = "Repository moved to the trash",
        ["repository.restore"] = "Repository restored",
        ["repository.purge"] = "Repository deleted for good",
        ["repository.share"] = "Repository shared",
        ["settings.change"] = "Settings changed",
        ["quota.set"] = "Quota set",
    };

    /// <summary>The action itself where there is no better word.</summary>
    public static string Of(string action) => Known.GetValueOrDefault(action, action);
}
