using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Entry;

/// <summary>Name and password.</summary>
public sealed partial class SignInPage : EntryForm
{
    private bool _isPersonal;
    private RegistrationMode _registration;

    [Inject] internal PasswordSignIn Passwords { get; set; } = default!;

    [Inject] internal BrowserSessions Browsers { get; set; } = default!;

    [Inject] internal AttemptLimits Limits { get; set; } = default!;

    [Inject] internal HubSettingsStore Settings { get; set; } = default!;

    [Inject] internal HubOptions Options { get; set; } = default!;

    [SupplyParameterFromQuery] private string? ReturnUrl { get; set; }

    [SupplyParameterFromForm(Name = "name")] private string? Name { get; set; }

    [SupplyParameterFromForm(Name = "password")] private string? Password { get; set; }

    [SupplyParameterFromForm(Name = "remember")] private bool Remember { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _isPersonal = Options.IsPersonal;
        _registration = (await Settings.GetAsync(Context.RequestAborted)).Registration;
        if (Context.GetActor().IsSignedIn && HttpMethods.IsGet(Context.Request.Method))
            GoTo(ReturnUrl);
    }

    private async Task SubmitAsync()
    {
        var (name, password) = (Name ?? "", Password ?? "");
        if (IsRefused(Limits.TakePassword(Context, name)))
            return;
        var answer = await Passwords.CheckAsync(Context.GetActor(), name, password, Context.RequestAborted);
        if (answer.Account is not { } account)
        {
            Fail(answer.Outcome == SignInOutcome.Disabled ? "An administrator disabled this account."
                : $"Name or password is wrong. After {PasswordSignIn.AttemptsBeforeLock} wrong passwords an account is locked for {PasswordSignIn.LockLife.TotalMinutes:0} minutes.");
            return;
        }

        Limits.GiveBackPassword(Context, name);
        if (await TryAsync(() => Browsers.SignInAsync(Context, account, Remember)))
            GoTo(ReturnUrl);
    }
}
