using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Entry;

/// <summary>
/// What the link leads to that a start prints: the first account, or a sign-in without a password. Opening it does nothing yet, since browsers
/// and chat programs open links ahead; its button uses it up.
/// </summary>
public sealed partial class StartPage : EntryForm
{
    private FirstStartOffer? _offer;

    [Inject] internal FirstStart FirstStart { get; set; } = default!;

    [Inject] internal BrowserSessions Browsers { get; set; } = default!;

    [Inject] internal AttemptLimits Limits { get; set; } = default!;

    [SupplyParameterFromQuery] private string? Key { get; set; }

    [SupplyParameterFromForm(Name = "name")] private string? Name { get; set; }

    [SupplyParameterFromForm(Name = "password")] private string? Password { get; set; }

    [SupplyParameterFromForm(Name = "again")] private string? Again { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _offer = await FirstStart.FindAsync(Key, Context.RequestAborted);
        if (_offer is null)
            Context.Response.StatusCode = StatusCodes.Status410Gone;
    }

    private async Task SubmitAsync()
    {
        if (_offer is null || IsRefused(Limits.TakeLink(Context)))
            return;
        if ((Password ?? "") != (Again ?? ""))
        {
            Fail("The two passwords differ.");
            return;
        }

        if (await TryAsync(async () => await Browsers.SignInAsync(Context, await UseAsync(_offer.Deed), isPersistent: true)))
            GoTo(Addresses.Home);
    }

    private Task<Account> UseAsync(FirstStartDeed deed) => deed == FirstStartDeed.SignIn
        ? FirstStart.SignInAsync(Context.GetActor(), Key, Context.RequestAborted)
        : FirstStart.CreateAdministratorAsync(
            Context.GetActor(), Key, new NewAccount(Name ?? "", string.IsNullOrEmpty(Password) ? null : Password), Context.RequestAborted);
}
