using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>The organisations that a person belongs to.</summary>
public sealed partial class OrganizationsPage : ActingPage
{
    private IReadOnlyList<OrganizationSummary> _organizations = [];
    private ConfirmDialog _confirm = default!;
    private string? _leaving;

    [Inject] internal Organizations Organizations { get; set; } = default!;

    protected override async Task OnInitializedAsync() => _organizations = await Organizations.ListAsync(await Actors.GetAsync(Left), Left);

    private async Task LeaveAsync(OrganizationSummary organization)
    {
        _leaving = organization.Name;
        if (!await _confirm.AskAsync())
            return;
        await TryAsync(async actor =>
        {
            await Organizations.RemoveMemberAsync(actor, organization.Name, actor.Name, Left);
            _organizations = await Organizations.ListAsync(actor, Left);
        }, $"You left {organization.Name}");
    }
}
