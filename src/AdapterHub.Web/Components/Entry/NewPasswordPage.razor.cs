using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Entry;

/// <summary>A new password for an account whose owner lost it, with a link of an administrator (<c>?key=</c>).</summary>
public sealed partial class NewPasswordPage : EntryForm
{
    private string? _userName;

    [Inject] internal Invitations Links { get; set; } = default!;

    [Inject] internal BrowserSessions Browsers { get; set; } = default!;

    [Inject] internal AttemptLimits Limits { get; set; } = default!;

    [SupplyParameterFromQuery] private string? Key { get; set; }

    [SupplyParameterFromForm(Name = "password")] private string? Password { get; set; }

    [SupplyParameterFromForm(Name = "again")] private string? Again { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _userName = (await Links.FindAsync(Context.GetActor(), Key, Context.RequestAborted))?.ForUser;
        if (_userName is null)
            Context.Response.StatusCode = StatusCodes.Status410Gone;
    }

    private async Task SubmitAsync()
    {
        if (_userName is null || Key is null || IsRefused(Limits.TakeLink(Context)))
            return;
        if (Password != Again)
        {
            Fail("The two passwords differ.");
            return;
        }

        if (await TryAsync(async () => await Browsers.SignInAsync(
            Context, await Links.SetPasswordAsync(Context.GetActor(), Key, Password ?? "", Context.RequestAborted), isPersistent: true)))
            GoTo(Addresses.Home);
    }
}
