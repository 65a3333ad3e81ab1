using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Entry;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>Closes the reader's own account, after saying what that means.</summary>
public sealed partial class ClosePage : EntryForm
{
    private ClosingPlan _plan = new("", [], [], [], false);
    private bool _hasPassword;

    [Inject] internal AccountClosing Closing { get; set; } = default!;

    [Inject] internal OwnAccount Own { get; set; } = default!;

    [Inject] internal AttemptLimits Limits { get; set; } = default!;

    [SupplyParameterFromForm(Name = "name")] private string? Name { get; set; }

    [SupplyParameterFromForm(Name = "password")] private string? Password { get; set; }

    [SupplyParameterFromForm(Name = "heir")] private string? Heir { get; set; }

    protected override async Task OnInitializedAsync()
    {
        var actor = Context.GetActor();
        _plan = await Closing.PlanAsync(actor, actor.Name, Context.RequestAborted);
        _hasPassword = (await Own.GetAsync(actor, Context.RequestAborted)).HasPassword;
    }

    private async Task SubmitAsync()
    {
        var actor = Context.GetActor();
        if (IsRefused(Limits.TakePassword(Context, actor.Name)))
            return;
        if (!await TryAsync(() => Closing.CloseOwnAsync(actor, Name ?? "", Password, string.IsNullOrEmpty(Heir) ? null : Heir, Context.RequestAborted)))
            return;
        Limits.GiveBackPassword(Context, actor.Name);
        SessionCookie.Delete(Context);
        GoTo(Addresses.Home);
    }
}
