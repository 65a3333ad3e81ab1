using AdapterHub.Catalog.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>Founds an organisation.</summary>
public sealed partial class NewOrganizationPage : ActingPage
{
    private string? _name;
    private string? _displayName;

    [Inject] internal Organizations Organizations { get; set; } = default!;

    [Inject] internal NavigationManager Navigation { get; set; } = default!;

    private async Task CreateAsync()
    {
        OrganizationView? made = null;
        if (await TryAsync(async actor => made = await Organizations.CreateAsync(actor, _name ?? "", _displayName, Left)))
            Navigation.NavigateTo(Addresses.Organization(made!.Name));
    }
}
