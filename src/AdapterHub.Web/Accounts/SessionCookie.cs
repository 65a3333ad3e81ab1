using AdapterHub.Catalog.Accounts;

namespace AdapterHub.Web.Accounts;

/// <summary>
/// The cookie with a session's key. Over TLS its name begins with <c>__Host-</c>, which browsers tie to this host and to secure connections;
/// the port is part of the name, because browsers share cookies between the ports of a host.
/// </summary>
internal static class SessionCookie
{
    private const string Name = "adapterhub-session";

    public static string? Read(HttpRequest request) => request.Cookies[NameFor(request)];

    public static void Write(HttpContext context, string key, bool isPersistent) =>
        context.Response.Cookies.Append(NameFor(context.Request), key, Options(context, isPersistent ? Sessions.LongestLife : null));

    public static void Delete(HttpContext context) => context.Response.Cookies.Delete(NameFor(context.Request), Options(context, null));

    private static string NameFor(HttpRequest request) =>
        $"{(request.IsHttps ? "__Host-" : "")}{Name}{(request.Host.Port is { } port ? $"-{port}" : "")}";

    private static CookieOptions Options(HttpContext context, TimeSpan? age) => new()
    {
        HttpOnly = true,
        Secure = context.Request.IsHttps,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = age,
        IsEssential = true,
    };
}
