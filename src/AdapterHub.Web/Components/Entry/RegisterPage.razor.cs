using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Entry;

/// <summary>A new account, on an open hub or with an invitation (<c>?invitation=</c>).</summary>
public sealed partial class RegisterPage : EntryForm
{
    private string? _refusal;
    private string _hubName = "";

    [Inject] internal Registration Accounts { get; set; } = default!;

    [Inject] internal Invitations Links { get; set; } = default!;

    [Inject] internal BrowserSessions Browsers { get; set; } = default!;

    [Inject] internal AttemptLimits Limits { get; set; } = default!;

    [Inject] internal HubSettingsStore Settings { get; set; } = default!;

    [SupplyParameterFromQuery] private string? Invitation { get; set; }

    [SupplyParameterFromForm(Name = "name")] private string? Name { get; set; }

    [SupplyParameterFromForm(Name = "password")] private string? Password { get; set; }

    [SupplyParameterFromForm(Name = "again")] private string? Again { get; set; }

    protected override async Task OnInitializedAsync()
    {
        var settings = await Settings.GetAsync(Context.RequestAborted);
        _hubName = settings.Name;
        if (settings.Registration == RegistrationMode.Closed)
        {
            Refuse(StatusCodes.Status403Forbidden, "Registration is closed on this hub.");
        }
        else if (Invitation is not null)
        {
            if (await Links.FindAsync(Context.GetActor(), Invitation, Context.RequestAborted) is { ForUser: null })
                return;
            Refuse(StatusCodes.Status410Gone, "This invitation does not work: it was used, has expired or was taken back. Ask an administrator for a new one.");
        }
        else if (settings.Registration != RegistrationMode.Open)
        {
            Refuse(StatusCodes.Status403Forbidden, "This hub is open by invitation: ask an administrator for a link.");
        }
    }

    private void Refuse(int status, string reason)
    {
        Context.Response.StatusCode = status;
        _refusal = reason;
    }

    private async Task SubmitAsync()
    {
        if (_refusal is not null || IsRefused(Limits.TakeLink(Context)))
            return;
        if (Password != Again)
        {
            Fail("The two passwords differ.");
            return;
        }

        Account? account = null;
        if (await TryAsync(async () =>
        {
            account = await Accounts.RegisterAsync(Context.GetActor(), new NewAccount(Name ?? "", Password ?? ""), Invitation, Context.RequestAborted);
            await Browsers.SignInAsync(Context, account, isPersistent: true);
        }))
            GoTo(Addresses.Home);
    }
}
