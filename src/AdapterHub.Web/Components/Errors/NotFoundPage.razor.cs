using AdapterHub.Web.Components.Layout;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Errors;

/// <summary>Shown in a circuit for an address without a page, and when a page calls <c>NavigationManager.NotFound()</c>.</summary>
[Layout(typeof(MainLayout))]
public sealed partial class NotFoundPage : ComponentBase
{
    private static FaultText Text { get; } = FaultText.Of(404);
}
