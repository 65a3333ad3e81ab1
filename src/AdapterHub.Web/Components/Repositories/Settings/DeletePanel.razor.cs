using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories.Settings;

/// <summary>The way into the trash, and from there out of the world. Both ask for the name.</summary>
public sealed partial class DeletePanel(RepositoryCatalog repositories, ActorAccessor actors, NavigationManager navigation, Toasts toasts)
{
    private ConfirmDialog _confirm = null!;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    private static int Days => (int)RepositoryCatalog.TrashTime.TotalDays;

    /// <summary>Leads to the repository's page, where the way back is in sight.</summary>
    private async Task TrashAsync()
    {
        if (!await _confirm.AskAsync() || !await TryAsync(async () => await repositories.TrashAsync(await actors.GetAsync(), Repository.Name, default)))
            return;
        toasts.Show(Tone.Ok, $"{Repository.Name} is in the trash.");
        navigation.NavigateTo(Addresses.Repository(Repository.Name));
    }

    private async Task PurgeAsync()
    {
        if (!await _confirm.AskAsync() || !await TryAsync(async () => await repositories.PurgeAsync(await actors.GetAsync(), Repository.Name, default)))
            return;
        toasts.Show(Tone.Ok, $"{Repository.Name} is deleted.");
        navigation.NavigateTo(Addresses.Owner(Repository.Name.Owner));
    }
}
