using Microsoft.JSInterop;

namespace AdapterHub.Web.Components.Playground;

/// <summary>The page's history, and the lanes that were kept, both in the reader's own browser.</summary>
public sealed partial class PlaygroundPage
{
    private const int MostEntries = 30;
    private const int MostKept = 12;
    private const int LongestTitle = 90;
    private IJSObjectReference? _module;
    private BrowserShelf? _history;
    private BrowserShelf? _keptShelf;
    private IReadOnlyList<ShelfEntry> _kept = [];
    private Task _shelvesOpened = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        Dispose();
        try
        {
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException)
        {
            // The page is gone, and its module with it.
        }
    }

    private async Task OpenShelvesAsync()
    {
        if (_actor?.UserId is not { } user)
            return;
        await AtShelfAsync(async () =>
        {
            _module = await script.InvokeAsync<IJSObjectReference>("import", _gone.Token, "./" + Assets["js/shelf.js"]);
            _history = new BrowserShelf(_module, $"adapterhub-playground-{user}-history", MostEntries);
            _keptShelf = new BrowserShelf(_module, $"adapterhub-playground-{user}-kept", MostKept);
            await _history.LoadAsync(_gone.Token);
            await LoadKeptAsync();
        });
    }

    private async Task LoadKeptAsync()
    {
        await _keptShelf!.LoadAsync(_gone.Token);
        var kept = new List<ShelfEntry>();
        foreach (var entry in _keptShelf.Entries)
            if ((_kept.FirstOrDefault(known => known.Id == entry.Id) ?? await _keptShelf.FindAsync(entry, _gone.Token)) is { } found)
                kept.Add(found);
        _kept = kept;
    }

    /// <summary>Puts what was just written into the history, which may be opened later than a quick answer is there.</summary>
    private async Task RecordAsync()
    {
        if (_writing.Fault is not null || _writing.Columns.All(column => column.Text.Length == 0))
            return;
        var entry = Entry(_writing.Columns);
        await _shelvesOpened;
        if (_history is not null)
            await AtShelfAsync(() => _history.PutAsync(entry, replacesSame: true, _gone.Token));
    }

    private async Task KeepAsync(LaneColumn column)
    {
        var entry = Entry([column]);
        await _shelvesOpened;
        if (_keptShelf is null)
            return;
        await AtShelfAsync(async () =>
        {
            await _keptShelf.PutAsync(entry, replacesSame: false, _gone.Token);
            await LoadKeptAsync();
        });
    }

    private Task LetGoAsync(ShelfEntry entry) => AtShelfAsync(async () =>
    {
        await _keptShelf!.RemoveAsync(entry, _gone.Token);
        await LoadKeptAsync();
    });

    private Task ForgetAsync(ShelfEntry entry) => AtShelfAsync(() => _history!.RemoveAsync(entry, _gone.Token));

    private Task ForgetAllAsync() => AtShelfAsync(() => _history!.ClearAsync(_gone.Token));

    /// <summary>Shows the page as it was, with the texts that were written then; nothing is asked.</summary>
    private Task BringBackAsync(ShelfEntry entry) => AtShelfAsync(async () =>
    {
        if (await _history!.FindAsync(entry, _gone.Token) is not { Address: { } kept } found)
        {
            await _history.LoadAsync(_gone.Token);
            return;
        }

        await _writing.StopAsync();
        await TakeAsync(PlaygroundPlan.Parse(new Uri(navigation.ToAbsoluteUri(kept).ToString()).Query));
        Remember();
        _writing.Restore(found.Lanes);
    });

    private ShelfEntry Entry(IReadOnlyList<LaneColumn> columns)
    {
        var asked = _plan.Question.ReplaceLineEndings(" ").Trim();
        return new ShelfEntry(Guid.NewGuid().ToString("N")[..12], time.GetUtcNow(), asked.Length <= LongestTitle ? asked : asked[..LongestTitle] + "…",
            [.. columns.Select(column => new ShelvedLane(column.Planned.Label, column.Planned.Title, column.Planned.About, column.Transcript))], _plan.ToAddress());
    }

    /// <summary>The browser may have gone meanwhile.</summary>
    private async Task AtShelfAsync(Func<Task> deed)
    {
        try
        {
            await deed();
            StateHasChanged();
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException or ObjectDisposedException)
        {
            return;
        }
    }
}
