using AdapterHub.Web.Components.Runs;
using AdapterHub.Web.Components.Shared;
using AdapterHub.Web.Security;
using Radzen;

namespace AdapterHub.Web.Components;

/// <summary>The pages and their circuits, for the composition root.</summary>
internal static class PageServices
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(HubLimits.Apply).AddHubOptions(HubLimits.Apply);
        services.AddCascadingAuthenticationState();
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "adapterhub-antiforgery";
            // SecurityHeaders says it, for every answer.
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        services.AddRadzenComponents();
        services.AddScoped<Toasts>();
        services.AddScoped<PageAddress>();
        services.AddSingleton<RunStories>();
        return services;
    }

    public static void MapPages(this IEndpointRouteBuilder endpoints) =>
        // The policy for frames is part of SecurityHeaders; a second header would only narrow it.
        endpoints.MapRazorComponents<App>().AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = null);
}
