using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace AdapterHub.Web.Components.Entry;

/// <summary>Loads an open page anew when its session ended or its rights changed, so that nothing stays on the screen that is not the reader's any more.</summary>
public sealed class SessionWatch(AuthenticationStateProvider states, IJSRuntime script) : ComponentBase, IDisposable
{
    private string _reader = "";

    public void Dispose() => states.AuthenticationStateChanged -= Compare;

    protected override async Task OnInitializedAsync()
    {
        if (!RendererInfo.IsInteractive)
            return;
        _reader = KeyOf((await states.GetAuthenticationStateAsync()).User);
        states.AuthenticationStateChanged += Compare;
    }

    /// <summary>Also raised when a page comes back to its circuit after an interruption, mostly as the same reader: then what was typed must stay.</summary>
    private void Compare(Task<AuthenticationState> state) => _ = InvokeAsync(async () =>
    {
        if (KeyOf((await state).User) != _reader)
            await ReloadAsync();
    });

    /// <summary>
    /// NavigationManager.Refresh would wait for an answer of the page that it just sent away, and report the circuit as broken when none comes. Here too the
    /// page may go before it answers, or be gone already.
    /// </summary>
    private async Task ReloadAsync()
    {
        try
        {
            await script.InvokeVoidAsync("location.reload");
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException)
        {
            return;
        }
    }

    private static string KeyOf(ClaimsPrincipal user) =>
        string.Join('\n', user.Claims.Where(claim => claim.Type is ClaimTypes.NameIdentifier or ClaimTypes.Name or ClaimTypes.Role).Select(claim => $"{claim.Type}={claim.Value}").Order());
}
