namespace AdapterHub.Web.Accounts;

/// <summary>Tells browsers that open pages from programs that call.</summary>
internal static class PageRequest
{
    public static bool Is(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && !context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase)
        && context.Request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>Where to come back to: a form that was sent cannot be sent again, but its page can be opened.</summary>
    public static string ReturnPath(HttpContext context) => context.Request.Path + context.Request.QueryString;
}
