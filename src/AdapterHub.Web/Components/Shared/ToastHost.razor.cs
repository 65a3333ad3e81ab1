using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>Shows <see cref="Toasts"/>; stands once, in the layout.</summary>
public sealed partial class ToastHost(Toasts toasts) : ComponentBase, IDisposable
{
    public void Dispose() => toasts.Changed -= Refresh;

    protected override void OnInitialized() => toasts.Changed += Refresh;

    private void Refresh() => _ = InvokeAsync(StateHasChanged);
}
