using Microsoft.Net.Http.Headers;

namespace AdapterHub.Web.Security;

/// <summary>
/// Headers on every answer. Pages run only our own script files; anything that is not a page may do nothing at all if a browser opens it.
/// An endpoint that sets one of these headers itself keeps it.
/// </summary>
internal static class SecurityHeaders
{
    /// <summary>A page asked for with <c>?images=remote</c> may load pictures from other sites: the reader clicked on "show remote images".</summary>
    public const string ImagesParameter = "images";

    public const string RemoteImages = "remote";

    private const string PermissionsPolicy =
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

    /// <summary>For files, JSON and whatever else is not a page: opened directly, it is inert and of no origin.</summary>
    private const string InertPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

    private const int SecondsPerYear = 31_536_000;

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder application) => application.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            Apply(context);
            return Task.CompletedTask;
        });
        return next(context);
    });

    /// <summary>
    /// The policy of a page. Radzen positions and sizes with style attributes, which needs <c>'unsafe-inline'</c> for styles; scripts have no such door.
    /// Not every browser counts WebSockets of the same host as <c>'self'</c>, so they are named.
    /// </summary>
    public static string PagePolicy(HttpRequest request)
    {
        var socket = Uri.CheckHostName(request.Host.Host.Trim('[', ']')) == UriHostNameType.Unknown ? "" : $" ws://{request.Host.Value} wss://{request.Host.Value}";
        var pictures = request.Query[ImagesParameter] == RemoteImages ? " https:" : "";
        return "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
            + $"img-src 'self' data:{pictures}; font-src 'self'; connect-src 'self'{socket}; "
            + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-src 'none'; frame-ancestors 'none'";
    }

    private static void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        var isPage = context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true;
        headers.ContentSecurityPolicy = isPage ? PagePolicy(context.Request) : headers.ContentSecurityPolicy is { Count: > 0 } own ? own : InertPolicy;
        SetDefault(headers, HeaderNames.XContentTypeOptions, "nosniff");
        SetDefault(headers, "Referrer-Policy", "same-origin");
        SetDefault(headers, "Permissions-Policy", PermissionsPolicy);
        SetDefault(headers, "Cross-Origin-Opener-Policy", "same-origin");
        SetDefault(headers, "Cross-Origin-Resource-Policy", "same-origin");
        headers.XFrameOptions = "DENY";
        if (context.Request.IsHttps && !LoopbackHosts.Contains(context.Request.Host.Host))
            headers.StrictTransportSecurity = $"max-age={SecondsPerYear}";
    }

    private static void SetDefault(IHeaderDictionary headers, string name, string value)
    {
        if (!headers.ContainsKey(name))
            headers[name] = value;
    }
}
