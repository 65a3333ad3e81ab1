using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AdapterHub.Web.Components.Layout;

/// <summary>
/// The part of the document that changes with the address. While a page is rendered for the first answer its faults go to the error pages, which
/// set the status; in a circuit the boundary shows them.
/// </summary>
public sealed partial class MainLayout(IJSRuntime script) : LayoutComponentBase
{
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        try
        {
            await script.InvokeVoidAsync("AdapterHub.becomeInteractive");
        }
        catch (JSDisconnectedException)
        {
            // The reader left already.
        }
    }
}
