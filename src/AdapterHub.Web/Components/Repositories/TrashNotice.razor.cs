using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Catalogue;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>Over a repository that lies in the trash: until when, and the way back. Nothing over others.</summary>
public sealed partial class TrashNotice(RepositoryCatalog repositories, ActorAccessor actors, TimeProvider clock, Toasts toasts)
{
    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    [Parameter] public EventCallback Restored { get; set; }

    private int DaysLeft => RepositoryWords.DaysInTrash(Repository, clock.GetUtcNow());

    private async Task RestoreAsync()
    {
        if (!await TryAsync(async () => await repositories.RestoreAsync(await actors.GetAsync(), Repository.Name, default)))
            return;
        toasts.Show(Tone.Ok, $"{Repository.Name} is back.");
        await Restored.InvokeAsync();
    }
}
