using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Antiforgery;

namespace AdapterHub.Web.Api;

/// <summary>
/// Against cross-site request forgery: a browser adds its cookies to requests that other sites cause, so a change that comes with cookies must
/// come from the hub's own pages. The browser says where it comes from (Sec-Fetch-Site, Origin); where it says nothing, the antiforgery header
/// decides. A token in the Authorization header is not added by a browser on its own, so such requests pass.
/// </summary>
internal sealed class SameOriginRule(RequestDelegate next, IAntiforgery antiforgery)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!IsAtRisk(context.Request) || IsOwn(context.Request) || await HasAntiforgeryTokenAsync(context))
            await next(context);
        else
            await ApiProblem.WriteAsync(context, Refusal());
    }

    private static bool IsAtRisk(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method)
        && request.Headers.Authorization.Count == 0 && request.Headers.Cookie.Count > 0;

    private static bool IsOwn(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return string.Equals(site, "same-origin", StringComparison.Ordinal);
        return request.Headers.Origin is [{ } origin]
            && string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Only a header is looked at: a form's field would make the body be read here.</summary>
    private async Task<bool> HasAntiforgeryTokenAsync(HttpContext context) =>
        context.Request.Headers.ContainsKey("RequestVerificationToken") && await antiforgery.IsRequestValidAsync(context);

    private static HubProblem Refusal() => ApiProblem.Of(StatusCodes.Status403Forbidden,
        "This change came with the browser's cookies but not from the hub's own pages, so it was refused. Programs send a token in the Authorization header instead.");
}
