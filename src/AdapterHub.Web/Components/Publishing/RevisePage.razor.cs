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

    private RepositoryName Repository => RepositoryName.Of(Owner, Name);

    protected override async Task OnInitializedAsync()
    {
        var repository = await repositories.GetAsync(await actors.GetAsync(), Repository, default);
        if (!repository.CanWrite)
            throw new CatalogException(CatalogFault.Forbidden, $"You may not change {repository.Name}: that needs the role writer.");
    }

    /// <summary>
    /// Only a page in a circuit makes a draft: a page drawn in advance is drawn for whoever follows links, too. And only once it is drawn: before
    /// the circuit's router listens, leaving would load the next page into this one without a circuit.
    /// </summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        var actor = await actors.GetAsync();
        if (await repositories.FindAsync(actor, Repository, default) is not { CanWrite: true } repository)
            return;
        var begun = (await desk.ListAsync(actor)).FirstOrDefault(draft => draft.IsRevision && draft.Name == repository.Name);
        var draft = begun ?? await desk.CreateAsync(actor, new DraftTarget { Name = repository.Name });
        navigation.NavigateTo(Addresses.Draft(draft.Id), replace: true);
    }
}
