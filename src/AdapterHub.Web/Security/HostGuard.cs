namespace AdapterHub.Web.Security;

/// <summary>
/// A hub that listens on this machine only answers to the names of this machine only. Without this a foreign page whose name is made to point
/// at 127.0.0.1 (DNS rebinding) would be of the hub's own origin. A proxy's host name is added with <see cref="HubOptions.Hosts"/>.
/// </summary>
internal static class HostGuard
{
    public static IApplicationBuilder UseHostGuard(this IApplicationBuilder application, HubOptions options)
    {
        var isPersonal = options.Urls.All(LoopbackHosts.ContainsUrl);
        if (!isPersonal && options.Hosts.Count == 0)
            return application;
        return application.Use(async (context, next) =>
        {
            var host = context.Request.Host.Host;
            if (LoopbackHosts.Contains(host) || options.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase))
            {
                await next(context).ConfigureAwait(false);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(
                "This hub does not answer to that host name. If it is reached through a proxy, start it with ADAPTERHUB_HOSTS set to the name.\n", context.RequestAborted).ConfigureAwait(false);
        });
    }
}
