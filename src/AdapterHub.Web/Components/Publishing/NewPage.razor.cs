using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Publishing;

/// <summary>Where an upload begins: a place to drop files, and what was begun before.</summary>
public sealed partial class NewPage(DraftDesk desk, ActorAccessor actors, NavigationManager navigation, Toasts toasts) : ComponentBase
{
    private IReadOnlyList<DraftView> _drafts = [];
    private Actor? _actor;

    protected override async Task OnInitializedAsync()
    {
        _actor = await actors.GetAsync();
        _drafts = await desk.ListAsync(_actor);
    }

    private async Task<string?> CreateAsync()
    {
        try
        {
            return (await desk.CreateAsync(await actors.GetAsync(), new DraftTarget())).Id;
        }
        catch (CatalogException refusal)
        {
            toasts.Show(Tone.Danger, refusal.Message);
            return null;
        }
    }

    private void OpenAsync(string draft) => navigation.NavigateTo(Addresses.Draft(draft));

    private async Task DiscardAsync(DraftView draft)
    {
        await desk.CancelAsync(await actors.GetAsync(), draft.Id);
        _drafts = await desk.ListAsync(await actors.GetAsync());
    }
}
