using AdapterHub.Catalog.Repositories;

namespace AdapterHub.Web.Components;

/// <summary>Pages that more than one place leads to.</summary>
public static class Addresses
{
    public const string Home = "/";
    public const string BaseModels = "/models";
    public const string Datasets = "/datasets";
    public const string New = "/new";
    public const string SignIn = "/sign-in";
    public const string SignOut = "/sign-out";
    public const string Register = "/register";
    public const string NewPassword = "/new-password";
    public const string Start = "/start";
    public const string Settings = "/account";
    public const string Password = "/account/password";
    public const string Tokens = "/account/tokens";
    public const string Sessions = "/account/sessions";
    public const string CloseAccount = "/account/close";
    public const string Organizations = "/account/organizations";
    public const string NewOrganization = "/organizations/new";
    public const string Admin = "/admin";
    public const string Trash = "/trash";
    public const string AdminUsers = "/admin/users";
    public const string AdminInvitations = "/admin/invitations";
    public const string AdminStorage = "/admin/storage";
    public const string AdminSettings = "/admin/settings";
    public const string AdminAudit = "/admin/audit";
    public const string Runs = "/runs";
    public const string NewRun = "/runs/new";
    public const string AdminWorkers = "/admin/workers";
    public const string StyleGuide = "/styleguide";

    public static string Run(long id) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Runs}/{id}");

    public const string Sweeps = "/runs/sweeps";

    public static string Sweep(long id) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Runs}/sweeps/{id}");

    /// <summary>Runs beside each other.</summary>
    public static string CompareRuns(params IEnumerable<long> ids) => $"{Runs}/compare?ids={string.Join(',', ids)}";

    /// <summary>The launch page with a base model or a dataset chosen.</summary>
    public static string NewRunWith(string? baseModel = null, string? data = null) =>
        NewRun + (baseModel is not null ? $"?base={Uri.EscapeDataString(baseModel)}" : data is not null ? $"?data={Uri.EscapeDataString(data)}" : "");

    /// <summary>The sign-in page, which leads back to <paramref name="path"/> afterwards.</summary>
    public static string SignInFor(string path) => path is "/" or "" ? SignIn : $"{SignIn}?returnUrl={Uri.EscapeDataString(path)}";

    public static string AdminUser(string name) => $"{AdminUsers}/{Uri.EscapeDataString(name)}";

    public static string AdminAuditOf(string userName) => $"{AdminAudit}?user={Uri.EscapeDataString(userName)}";

    /// <summary>Where an organisation's members are managed.</summary>
    public static string Organization(string name) => "/organizations/" + Uri.EscapeDataString(name);

    /// <summary>The page of an owner, a person or an organisation.</summary>
    public static string Owner(string name) => "/" + Uri.EscapeDataString(name);

    public static string Tag(string tag) => "/tags/" + Uri.EscapeDataString(tag);

    public static string Repository(string owner, string name) => $"/{Uri.EscapeDataString(owner)}/{Uri.EscapeDataString(name)}";

    public static string Repository(RepositoryName name) => Repository(name.Owner, name.Name);

    /// <summary>A tab of a repository's page; <paramref name="revision"/> is left out for the newest.</summary>
    public static string Tab(RepositoryName name, string tab, string? revision = null) =>
        $"{Repository(name)}?tab={tab}{(revision is null ? "" : $"&revision={Uri.EscapeDataString(revision)}")}";

    /// <summary>The page that shows a file.</summary>
    public static string FilePage(RepositoryName name, string path, string? revision = null) =>
        $"{Tab(name, "files", revision)}&file={Uri.EscapeDataString(path)}";

    /// <summary>What changed from one revision to another.</summary>
    public static string Compare(RepositoryName name, string from, string to) =>
        $"{Tab(name, "versions")}&from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}";

    /// <summary>A publication under way.</summary>
    public static string Draft(string id) => "/drafts/" + id;

    public static string RepositorySettings(RepositoryName name) => Repository(name) + "/settings";

    /// <summary>One part of a repository's settings.</summary>
    public static string RepositorySettings(RepositoryName name, string tab) => $"{RepositorySettings(name)}?tab={tab}";

    /// <summary>Where a tag for one revision is made.</summary>
    public static string NewReference(RepositoryName name, string revision) => $"{RepositorySettings(name, "references")}&at={Uri.EscapeDataString(revision)}";

    public static string EditCard(RepositoryName name) => Repository(name) + "/edit";

    public static string NewVersion(RepositoryName name) => Repository(name) + "/upload";

    public static string Fork(RepositoryName name) => Repository(name) + "/fork";

    /// <summary>A file's bytes.</summary>
    public static string File(RepositoryName name, string revision, string path) => $"{Api(name)}/files/{Uri.EscapeDataString(revision)}/{EscapedPath(path)}";

    /// <summary>A picture of the repository, shown in place; the server refuses what is no raster image.</summary>
    public static string Image(RepositoryName name, string revision, string path) => $"{Api(name)}/images/{Uri.EscapeDataString(revision)}/{EscapedPath(path)}";

    /// <summary>All files of a revision as one zip.</summary>
    public static string Archive(RepositoryName name, string revision) => $"{Api(name)}/archive/{Uri.EscapeDataString(revision)}";

    /// <summary>The repository's picture; <paramref name="version"/> changes with it, so that browsers may keep it.</summary>
    public static string Thumbnail(RepositoryName name, string? version) => Thumbnail(name.Owner, name.Name, version);

    public static string Thumbnail(string owner, string name, string? version) =>
        $"/api/hub/repositories/{Uri.EscapeDataString(owner)}/{Uri.EscapeDataString(name)}/thumbnail?v={(version is { Length: > 12 } ? version[..12] : "0")}";

    private static string Api(RepositoryName name) => "/api/hub/repositories" + Repository(name);

    private static string EscapedPath(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
