namespace AdapterHub.Web.Security;

/// <summary>
/// Refuses what another site's page sends with our reader's cookies: circuits, which antiforgery tokens do not cover, and every request that
/// changes something. Clients that are no browsers send no Origin; requests without cookies carry their own credentials.
/// </summary>
internal static class OriginGuard
{
    /// <summary>Where Blazor's circuits are.</summary>
    private const string CircuitPath = "/_blazor";

    public static IApplicationBuilder UseOriginGuard(this IApplicationBuilder application) => application.Use((context, next) =>
    {
        var request = context.Request;
        if (!IsGuarded(request) || request.Headers.Origin is not { Count: > 0 } origin || IsOwn(origin.ToString(), request))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });

    /// <summary>Compared by host and port: behind a proxy that ends TLS the scheme differs.</summary>
    internal static bool IsOwn(string origin, HttpRequest request)
    {
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            return false;
        // A page that came by TLS does not take orders from one that did not.
        if (request.IsHttps && uri.Scheme != Uri.UriSchemeHttps)
            return false;
        var port = request.Host.Port ?? (uri.Scheme == Uri.UriSchemeHttps ? 443 : 80);
        return uri.Port == port && string.Equals(uri.IdnHost.Trim('[', ']'), request.Host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsGuarded(HttpRequest request)
    {
        var isSocket = request.HttpContext.WebSockets.IsWebSocketRequest || request.Headers.ContainsKey("Sec-WebSocket-Key");
        if (isSocket || request.Path.StartsWithSegments(CircuitPath, StringComparison.Ordinal))
            return true;
        // The API has the same rule, and says why it refuses.
        if (request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
            return false;
        var changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);
        return changes && request.Headers.Cookie.Count > 0;
    }
}
