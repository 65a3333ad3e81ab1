using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Components.Settings;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Admin;

/// <summary>One account, and what administrators do to it.</summary>
public sealed partial class AdminUserPage : ActingPage
{
    private const double BytesPerGigabyte = 1e9;
    private UserRow? _user;
    private double? _quota;
    private string? _link;
    private ConfirmDialog _closing = default!;

    [Parameter] public string Name { get; set; } = "";

    [Inject] internal Administration Administration { get; set; } = default!;

    [Inject] internal AccountClosing Closing { get; set; } = default!;

    [Inject] internal Invitations Invitations { get; set; } = default!;

    [Inject] internal Quotas Quotas { get; set; } = default!;

    [Inject] internal NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnParametersSetAsync() => await LoadAsync(await Actors.GetAsync(Left));

    private async Task LoadAsync(Actor actor)
    {
        _user = await Administration.FindUserAsync(actor, Name, Left);
        _quota = _user?.OwnQuotaBytes / BytesPerGigabyte;
    }

    private Task ChangeAsync(Func<Actor, Task> change, string done) => TryAsync(async actor =>
    {
        await change(actor);
        await LoadAsync(actor);
    }, done);

    private Task SetAdministratorAsync()
    {
        var become = !_user!.Account.IsAdministrator;
        return ChangeAsync(actor => Administration.SetAdministratorAsync(actor, Name, become, Left), become ? $"{Name} is an administrator now" : $"{Name} is no administrator any more");
    }

    private Task SetDisabledAsync()
    {
        var disable = _user!.Account.DisabledAt is null;
        return ChangeAsync(actor => Administration.SetDisabledAsync(actor, Name, disable, Left), disable ? $"Disabled {Name}" : $"Enabled {Name}");
    }

    private Task UnlockAsync() => ChangeAsync(actor => Administration.UnlockAsync(actor, Name, Left), $"Unlocked {Name}");

    private Task SetQuotaAsync() => ChangeAsync(
        actor => Quotas.SetAsync(actor, Name, _quota is { } gigabytes ? (long)Math.Clamp(gigabytes * BytesPerGigabyte, -1, long.MaxValue / 2) : null, Left), "Set the quota");

    private Task CreateLinkAsync() => TryAsync(async actor =>
    {
        var made = await Invitations.CreatePasswordLinkAsync(actor, Name, TimeSpan.FromDays(1), Left);
        _link = $"{Navigation.BaseUri.TrimEnd('/')}{Addresses.NewPassword}?key={made.Key}";
    });

    private async Task CloseAsync()
    {
        if (await _closing.AskAsync() && await TryAsync(actor => Closing.CloseAsync(actor, Name, null, Left), $"Closed the account of {Name}"))
            Navigation.NavigateTo(Addresses.AdminUsers);
    }
}
