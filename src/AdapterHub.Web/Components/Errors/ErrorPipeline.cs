using AdapterHub.Catalog;
using Microsoft.AspNetCore.Diagnostics;

namespace AdapterHub.Web.Components.Errors;

/// <summary>
/// Failed requests for pages answer with <see cref="ErrorPage"/> and the right status. Programs get the bare status, or what their endpoints
/// made of the fault before it came here. Nobody gets a stack trace.
/// </summary>
internal static class ErrorPipeline
{
    public static IServiceCollection AddErrorPages(this IServiceCollection services) => services.AddExceptionHandler<BareFaults>();

    public static IApplicationBuilder UseErrorPages(this IApplicationBuilder application)
    {
        application.UseStatusCodePagesWithReExecute("/errors/{0}", createScopeForStatusCodePages: true);
        application.Use((context, next) =>
        {
            if (!IsForAPage(context) && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
                pages.Enabled = false;
            return next(context);
        });
        return application.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandlingPath = "/errors/500",
            CreateScopeForErrors = true,
            StatusCodeSelector = FaultStatus.Of,
            AllowStatusCode404Response = true,
            // An expected refusal is no fault of the program, and not worth a stack trace in the log.
            SuppressDiagnosticsCallback = failed => failed.Exception is CatalogException,
        });
    }

    /// <summary>Browsers name HTML when they open a page; scripts, command lines and libraries do not.</summary>
    private static bool IsForAPage(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal)
        && context.Request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);

    private sealed class BareFaults : IExceptionHandler
    {
        public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (IsForAPage(httpContext))
                return ValueTask.FromResult(false);
            httpContext.Response.StatusCode = FaultStatus.Of(exception);
            return ValueTask.FromResult(true);
        }
    }
}
