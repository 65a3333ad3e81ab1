using AdapterHub.Catalog;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Catalogue;
using AdapterHub.Web.Components.Shared;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>What was deleted and can still be brought back.</summary>
public sealed partial class TrashPage(RepositoryCatalog repositories, ActorAccessor actors, TimeProvider clock, Toasts toasts)
{
    private IReadOnlyList<RepositoryView>? _trash;
    private RepositoryView? _asked;
    private string? _fault;
    private ConfirmDialog _confirm = null!;

    private static int Days => (int)RepositoryCatalog.TrashTime.TotalDays;

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            (_trash, _fault) = (await repositories.ListTrashAsync(await actors.GetAsync(), default), null);
        }
        catch (CatalogException refusal)
        {
            _fault = refusal.Message;
        }
    }

    private async Task RestoreAsync(RepositoryView item)
    {
        if (await TryAsync(async () => await repositories.RestoreAsync(await actors.GetAsync(), item.Name, default)))
            toasts.Show(Tone.Ok, $"{item.Name} is back.");
        await LoadAsync();
    }

    private async Task PurgeAsync(RepositoryView item)
    {
        _asked = item;
        if (!await _confirm.AskAsync())
            return;
        if (await TryAsync(async () => await repositories.PurgeAsync(await actors.GetAsync(), item.Name, default)))
            toasts.Show(Tone.Ok, $"{item.Name} is deleted.");
        await LoadAsync();
    }

    private int DaysLeft(RepositoryView item) => RepositoryWords.DaysInTrash(item, clock.GetUtcNow());

    private string LeftText(RepositoryView item) => DaysLeft(item) switch { 0 => "goes at any moment", 1 => "1 day left", var days => $"{days} days left" };
}
