using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Entry;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>A new password. It ends every session, so this browser gets a new one: a plain form, since a circuit cannot set cookies.</summary>
public sealed partial class PasswordPage : EntryForm
{
    private Account _account = default!;

    [Inject] internal OwnAccount Own { get; set; } = default!;

    [Inject] internal BrowserSessions Browsers { get; set; } = default!;

    [Inject] internal AttemptLimits Limits { get; set; } = default!;

    [SupplyParameterFromQuery] private string? Done { get; set; }

    [SupplyParameterFromForm(Name = "current")] private string? Current { get; set; }

    [SupplyParameterFromForm(Name = "password")] private string? Password { get; set; }

    [SupplyParameterFromForm(Name = "again")] private string? Again { get; set; }

    protected override async Task OnInitializedAsync() => _account = await Own.GetAsync(Context.GetActor(), Context.RequestAborted);

    private async Task SubmitAsync()
    {
        if (Password != Again)
        {
            Fail("The two passwords differ.");
            return;
        }

        if (IsRefused(Limits.TakePassword(Context, _account.Name)))
            return;
        if (await TryAsync(async () =>
        {
            var account = await Own.ChangePasswordAsync(Context.GetActor(), Current, Password ?? "", Context.RequestAborted);
            Limits.GiveBackPassword(Context, account.Name);
            await Browsers.SignInAsync(Context, account, isPersistent: true);
        }))
            GoTo($"{Addresses.Password}?done=1");
    }
}
