using AdapterHub.Catalog;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Publishing;

/// <summary>A publication under way: files, what the checks say, the card, and where it goes. All of it is kept by the server.</summary>
public sealed partial class DraftPage(DraftDesk desk, CatalogChanges changes, ActorAccessor actors, NavigationManager navigation, Toasts toasts)
    : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _subscription;
    private CardEditor? _editor;
    private DraftView? _draft;
    private DraftReport? _report;
    private bool _isChecking;
    private bool _isBusy;
    private int _turn;

    [Parameter] public string Id { get; set; } = "";

    private string Title => _draft switch
    {
        { IsRevision: true, Name: { } name } => $"New version of {name}",
        { Name: { } name } => $"Publish {name}",
        _ => "Publish",
    };

    private bool CanPublish => !_isBusy && !_isChecking && _draft?.Name is not null && _report?.CanPublish == true;

    public void Dispose()
    {
        _subscription?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _draft = await desk.GetAsync(await actors.GetAsync(), Id, _gone.Token);
        _subscription = changes.Subscribe(change =>
        {
            if (string.Equals(change.DraftId, Id, StringComparison.Ordinal))
                _ = InvokeAsync(LoadAsync);
        });
        await LoadAsync();
    }

    /// <summary>The draft at once, the checks when they are done; a later call makes an earlier one's result void.</summary>
    private async Task LoadAsync()
    {
        var turn = ++_turn;
        try
        {
            var actor = await actors.GetAsync();
            var draft = await desk.GetAsync(actor, Id, _gone.Token);
            if (turn != _turn)
                return;
            (_draft, _isChecking) = (draft, true);
            StateHasChanged();
            var report = await Task.Run(() => desk.GetReportAsync(actor, Id, _gone.Token), _gone.Token);
            if (turn == _turn)
                (_report, _isChecking) = (report, false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (CatalogException gone) when (gone.Fault is CatalogFault.NotFound or CatalogFault.Gone && _isBusy)
        {
            // Published a moment ago; the page is on its way elsewhere.
            return;
        }

        StateHasChanged();
    }

    private async Task SaveCardAsync(string text)
    {
        _draft = await desk.SetCardAsync(await actors.GetAsync(), Id, text, _gone.Token);
        await LoadAsync();
    }

    private async Task PublishAsync()
    {
        var name = _draft!.Name!.Value;
        _isBusy = true;
        try
        {
            if (_editor is not null)
                await _editor.SaveNowAsync();
            await desk.PublishAsync(await actors.GetAsync(), Id, null, _gone.Token);
            toasts.Show(Tone.Ok, $"{name} is published.");
            navigation.NavigateTo(Addresses.Repository(name));
        }
        catch (CatalogException refusal)
        {
            toasts.Show(Tone.Danger, refusal.Message);
            _isBusy = false;
            await LoadAsync();
        }
    }

    private async Task DiscardAsync()
    {
        _isBusy = true;
        await desk.CancelAsync(await actors.GetAsync(), Id, _gone.Token);
        navigation.NavigateTo(Addresses.New);
    }
}
