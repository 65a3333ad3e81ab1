using AdapterHub.Catalog;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Publishing;

/// <summary>Leads to the draft of a repository's next version: the one that was begun, or a new one.</summary>
public sealed partial class RevisePage(DraftDesk desk, RepositoryCatalog repositories, ActorAccessor actors, NavigationManager navigation) : ComponentBase
{
    [Parameter] public string Owner { get; set; } = "";

    [Parameter] public string Name { get; set; } = "";

    /// <summary>Only a page in a circuit makes a draft: a page drawn in advance is drawn for whoever follows links, too.</summary>
    protected override async Task OnInitializedAsync()
    {
        var actor = await actors.GetAsync();
        var repository = await repositories.GetAsync(actor, RepositoryName.Of(Owner, Name), default);
        if (!repository.CanWrite)
            throw new CatalogException(CatalogFault.Forbidden, $"You may not change {repository.Name}: that needs the role writer.");
        if (!RendererInfo.IsInteractive)
            return;
        var begun = (await desk.ListAsync(actor)).FirstOrDefault(draft => draft.IsRevision && draft.Name == repository.Name);
        var draft = begun ?? await desk.CreateAsync(actor, new DraftTarget { Name = repository.Name });
        navigation.NavigateTo(Addresses.Draft(draft.Id), replace: true);
    }
}
