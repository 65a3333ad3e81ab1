using AdapterHub.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace AdapterHub.Web.Components;

/// <summary>
/// The document. The bars around the page are plain HTML, outside the circuit: they know the request's user and keep the focus while the page
/// below becomes interactive. A page with <c>[ExcludeFromInteractiveRouting]</c> has no circuit at all.
/// </summary>
public sealed partial class App : ComponentBase
{
    private static readonly InteractiveServerRenderMode Interactive = new(prerender: true);

    [CascadingParameter] private HttpContext Context { get; set; } = default!;

    private ThemeCookie Theme => ThemeCookie.Read(Context.Request);

    private IComponentRenderMode? Mode => Context.AcceptsInteractiveRouting() ? Interactive : null;
}
