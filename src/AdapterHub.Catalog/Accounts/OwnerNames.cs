using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using AdapterHub.Catalog.Repositories;

namespace AdapterHub.Catalog.Accounts;

/// <summary>Names of people and organisations: one name space, the first part of every repository's address and of <c>/owner</c> pages.</summary>
public static class OwnerNames
{
    /// <summary>Long names break lists and addresses; repositories may be called longer.</summary>
    public const int Longest = 40;

    /// <summary>First parts of the hub's own addresses, and those that browsers, crawlers and the clients of other hubs ask for.</summary>
    private static readonly FrozenSet<string> Addresses = new[]
    {
        "about", "account", "accounts", "adapter", "adapters", "admin", "api", "app", "assets", "auth", "base", "base-models", "blend", "blends",
        "blob", "blobs", "browse", "catalog", "catalogue", "collections", "compare", "connect", "css", "datasets", "digest", "discover", "docs",
        "download", "downloads", "draft", "drafts", "error", "errors", "explore", "export", "favicon.ico", "feed", "files", "fonts", "health", "healthz",
        "help", "home", "hub", "hubs", "images", "import", "index", "index.html", "invitation", "invitations", "invite", "join", "js", "login", "logout",
        "manifest.json", "metrics", "model", "models", "new", "new-password", "not-found", "notifications", "oauth", "openapi", "organization", "organizations", "orgs",
        "owner", "owners", "password", "playground", "privacy", "profile", "publish", "queue", "ready", "register", "repositories", "repository",
        "resolve", "robots.txt", "run", "runs", "search", "security", "session", "sessions", "settings", "sign-in", "sign-out", "sign-up",
        "signalr", "signin", "signout", "signup", "sitemap.xml", "spaces", "start", "static", "status", "storage", "styleguide", "support", "tag", "tags",
        "tasks", "terms", "token", "tokens", "train", "trash", "upload", "uploads", "user", "users", "v1", "v2", "well-known", "whoami", "worker",
        "workers", "_blazor", "_content", "_framework",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names that would pass for the hub, its staff or nobody; the hub itself may own repositories under one.</summary>
    private static readonly FrozenSet<string> Impostors = new[]
    {
        "adapterhub", "administrator", "anonymous", "everybody", "everyone", "moderator", "nobody", "null", "official", "root", "staff",
        "system", "undefined", "unknown", "webmaster",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The first part of an address of the hub's own pages or interfaces: no owner of any kind is called so.</summary>
    public static bool IsReserved(string name) => Addresses.Contains(name) || name.StartsWith('_');

    /// <summary>Whether a person or an organisation may be called so; <paramref name="problem"/> says why not. Names taken are another matter.</summary>
    public static bool TryAccept([NotNullWhen(true)] string? name, [NotNullWhen(false)] out string? problem)
    {
        problem = name switch
        {
            null or "" => "Give a name.",
            { Length: > Longest } => $"\"{name[..Longest]}...\" is too long: a name has at most {Longest} characters.",
            _ when !RepositoryName.IsValidPart(name) => $"\"{name}\" is no name here: use letters, digits, '-', '_' and '.', without '--' or '..', "
                + "beginning and ending with a letter or digit, and not ending in '.git'.",
            _ when IsReserved(name) || Impostors.Contains(name) => $"The name \"{name}\" is reserved. Choose another.",
            _ => null,
        };
        return problem is null;
    }

    /// <summary>Throws <see cref="CatalogFault.Invalid"/> with the reason.</summary>
    public static void Require(string? name)
    {
        if (!TryAccept(name, out var problem))
            throw new CatalogException(CatalogFault.Invalid, problem);
    }
}
