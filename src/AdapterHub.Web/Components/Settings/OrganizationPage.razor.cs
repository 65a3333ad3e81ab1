using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>An organisation's members, profile and end.</summary>
public sealed partial class OrganizationPage : ActingPage
{
    private OrganizationView _organization = new(0, "", null, null, default, AccessRole.None, []);
    private QuotaState _storage = new(0, null);
    private IReadOnlyList<OwnerName> _people = [];
    private ConfirmDialog _removal = default!;
    private ConfirmDialog _dissolution = default!;
    private string? _removing;
    private string _newName = "";
    private AccessRole _newRole = AccessRole.Writer;
    private string? _displayName;
    private string? _about;

    [Parameter] public string Name { get; set; } = "";

    [Inject] internal Organizations Organizations { get; set; } = default!;

    [Inject] internal OwnerDirectory Owners { get; set; } = default!;

    [Inject] internal Quotas Quotas { get; set; } = default!;

    [Inject] internal NavigationManager Navigation { get; set; } = default!;

    private bool IsOwner => _organization.Role == AccessRole.Owner;

    protected override async Task OnParametersSetAsync()
    {
        if (string.Equals(_organization.Name, Name, StringComparison.OrdinalIgnoreCase))
            return;
        var actor = await Actors.GetAsync(Left);
        await LoadAsync(actor);
        _storage = await Quotas.GetAsync(actor, _organization.Name, Left);
        (_displayName, _about) = (_organization.DisplayName, _organization.About);
    }

    private async Task LoadAsync(Actor actor) => _organization = await Organizations.GetAsync(actor, Name, Left);

    private async Task SetRoleAsync(string userName, ChangeEventArgs change)
    {
        if (!Enum.TryParse<AccessRole>(change.Value as string, out var role))
            return;
        await TryAsync(actor => Organizations.SetMemberAsync(actor, Name, userName, role, Left), $"Changed the role of {userName}");
        // A refused choice jumps back, and one's own role may be another now.
        await LoadAsync(await Actors.GetAsync(Left));
    }

    private async Task RemoveAsync(string userName)
    {
        _removing = userName;
        if (!await _removal.AskAsync())
            return;
        var isSelf = false;
        if (!await TryAsync(async actor =>
        {
            isSelf = string.Equals(actor.Name, userName, StringComparison.OrdinalIgnoreCase);
            await Organizations.RemoveMemberAsync(actor, Name, userName, Left);
        }, $"Removed {userName}"))
            return;
        if (isSelf)
            Navigation.NavigateTo(Addresses.Organizations);
        else
            await LoadAsync(await Actors.GetAsync(Left));
    }

    private Task AddAsync() => TryAsync(async actor =>
    {
        await Organizations.SetMemberAsync(actor, Name, _newName, _newRole, Left);
        (_newName, _people) = ("", []);
        await LoadAsync(actor);
    }, $"Added {_newName}");

    private async Task SuggestAsync(string? text)
    {
        _newName = text ?? "";
        _people = await Owners.SuggestPeopleAsync(await Actors.GetAsync(Left), _newName, Left);
    }

    private Task SaveAsync() => TryAsync(async actor =>
    {
        await Organizations.UpdateProfileAsync(actor, Name, _displayName, _about, Left);
        await LoadAsync(actor);
    }, "Saved");

    private async Task DissolveAsync()
    {
        if (await _dissolution.AskAsync() && await TryAsync(actor => Organizations.DeleteAsync(actor, Name, Left), $"Dissolved {Name}"))
            Navigation.NavigateTo(Addresses.Organizations);
    }
}
