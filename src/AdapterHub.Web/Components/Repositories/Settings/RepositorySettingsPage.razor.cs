using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories.Settings;

/// <summary>What owners of a repository decide about it; its writers find their branches and tags here. The part stands in the address.</summary>
public sealed partial class RepositorySettingsPage(RepositoryCatalog repositories, ActorAccessor actors, NavigationManager navigation) : ComponentBase
{
    private static readonly string[] TabParameters = ["at"];
    private static readonly TabItem General = new("general", "General", Icon: IconName.Gear);
    private static readonly TabItem People = new("people", "People", Icon: IconName.People);
    private static readonly TabItem References = new("references", "Branches and tags", Icon: IconName.Tag);
    private static readonly TabItem Delete = new("delete", "Delete", Icon: IconName.Trash);

    private RepositoryView? _repository;
    private IReadOnlyList<TabItem> _tabs = [];
    private (string, string) _shown;

    [Parameter] public string Owner { get; set; } = "";

    [Parameter] public string Name { get; set; } = "";

    [SupplyParameterFromQuery] public string? Tab { get; set; }

    /// <summary>The revision that a new tag is for.</summary>
    [SupplyParameterFromQuery] public string? At { get; set; }

    private string SelectedTab => Tabs.Select(_tabs, Tab);

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == (Owner, Name))
            return;
        _shown = (Owner, Name);
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        var actor = await actors.GetAsync();
        var name = RepositoryName.Of(Owner, Name);
        await repositories.RequireAsync(actor, name, AccessRole.Writer, "change the settings of", default);
        var repository = await repositories.GetAsync(actor, name, default);
        if (repository.Moved)
        {
            navigation.NavigateTo(Addresses.RepositorySettings(repository.Name) + new Uri(navigation.Uri).Query, replace: true);
            return;
        }

        _repository = repository;
        _tabs = repository switch
        {
            { CanManage: false } => [References],
            { DeletedAt: not null } => [Delete],
            _ => [General, People, References, Delete],
        };
    }
}
