using AdapterHub.Catalog.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>What others see of a person, and how much room is left.</summary>
public sealed partial class ProfilePage : ActingPage
{
    private Account _account = new(0, 0, "", null, null, false, false, default, null, null);
    private QuotaState _storage = new(0, null);
    private string? _displayName;
    private string? _about;

    [Inject] internal OwnAccount Own { get; set; } = default!;

    [Inject] internal Quotas Quotas { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        var actor = await Actors.GetAsync(Left);
        _account = await Own.GetAsync(actor, Left);
        _storage = await Quotas.GetAsync(actor, _account.Name, Left);
        (_displayName, _about) = (_account.DisplayName, _account.About);
    }

    private Task SaveAsync() => TryAsync(async actor => _account = await Own.UpdateProfileAsync(actor, _displayName, _about, Left), "Saved");
}
