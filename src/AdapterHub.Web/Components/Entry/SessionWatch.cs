using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace AdapterHub.Web.Components.Entry;

/// <summary>Loads an open page anew when its session ended or its rights changed, so that nothing stays on the screen that is not the reader's any more.</summary>
public sealed class SessionWatch(AuthenticationStateProvider states, NavigationManager navigation) : ComponentBase, IDisposable
{
    public void Dispose() => states.AuthenticationStateChanged -= LoadAnew;

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive)
            states.AuthenticationStateChanged += LoadAnew;
    }

    private void LoadAnew(Task<AuthenticationState> state) => _ = InvokeAsync(() => navigation.Refresh(forceReload: true));
}
