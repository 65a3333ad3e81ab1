using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Catalogue;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories.Settings;

/// <summary>Public, unlisted or private, and what each means.</summary>
public sealed partial class VisibilityPanel(RepositoryCatalog repositories, ActorAccessor actors, Toasts toasts)
{
    private RepositoryVisibility _chosen;
    private RepositoryView? _shown;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    [Parameter] public EventCallback Changed { get; set; }

    protected override void OnParametersSet()
    {
        if (_shown == Repository)
            return;
        (_shown, _chosen) = (Repository, Repository.Visibility);
    }

    private async Task SaveAsync()
    {
        if (!await TryAsync(async () => await repositories.SetVisibilityAsync(await actors.GetAsync(), Repository.Name, _chosen, default)))
            return;
        toasts.Show(Tone.Ok, $"{Repository.Name} is {RepositoryWords.Visibility(_chosen)} now.");
        await Changed.InvokeAsync();
    }
}
