using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Search;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Blending;
using AdapterHub.Web.Inference;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace AdapterHub.Web.Components.Playground;

/// <summary>
/// Where adapters are tried: one prompt, a lane each for base, adapters and blend, weights on sliders. What is asked stands in the address, so that a link,
/// or a reload, asks the same again and, by the same seed, gets the same.
/// </summary>
public sealed partial class PlaygroundPage(LaneService lanes, RepositoryCatalog repositories, SearchService search, ActorAccessor actors, NavigationManager navigation) : ComponentBase, IDisposable
{
    private const int MostSuggested = 4;
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(60);
    private readonly CancellationTokenSource _gone = new();
    private LaneWriting _writing = null!;
    private PlaygroundPlan _plan = new();
    private IReadOnlyList<BlendAdapter> _adapters = [];
    private IReadOnlyList<RepositoryCard> _suggested = [];
    private (LaneColumn Column, int Place)? _chosen;
    private Actor? _actor;
    private string? _fault;
    private string? _shownAddress;
    private string? _measured;
    private bool _isMeasuring;
    private bool _isReady;
    private bool _isDrawing;

    private bool CanAsk => _actor is { IsSignedIn: true } && _plan.Blend.Base is not null && _adapters.All(adapter => adapter.Fault is null);

    private bool CanWrite => CanAsk && _plan.Prompt.Length > 0;

    private string Progress => _writing switch
    {
        { Ahead: > 0 and var ahead } => $"Waiting; {ahead} before this",
        { IsWriting: true, FirstTokenMilliseconds: null } => "Asking the engine",
        { FirstTokenMilliseconds: { } first } => $"First token after {first:0} ms",
        _ => "",
    };

    public void Dispose()
    {
        navigation.LocationChanged -= Follow;
        _writing?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _writing = new LaneWriting(lanes, Draw);
        navigation.LocationChanged += Follow;
        await ShowAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _isReady = true;
        StateHasChanged();
        // A shared address asks at once; a page that is drawn on the server asks nothing.
        if (CanWrite)
            await WriteAsync();
    }

    private void Follow(object? sender, LocationChangedEventArgs change)
    {
        if (string.Equals(new Uri(navigation.Uri).AbsolutePath, PlaygroundPlan.Path, StringComparison.Ordinal) && navigation.Uri != _shownAddress)
            _ = InvokeAsync(ShowAsync);
    }

    private async Task ShowAsync()
    {
        _shownAddress = navigation.Uri;
        await TakeAsync(PlaygroundPlan.Parse(new Uri(navigation.Uri).Query));
    }

    /// <summary>Shows a plan with what the catalogue knows of its adapters.</summary>
    private async Task TakeAsync(PlaygroundPlan plan)
    {
        _plan = plan;
        try
        {
            var actor = _actor = await actors.GetAsync(_gone.Token);
            var adapters = new List<BlendAdapter>();
            foreach (var share in plan.Blend.Adapters)
                adapters.Add(_adapters.FirstOrDefault(known => known.View is not null && known.Share.Reference == share.Reference) is { } known
                    ? known with { Share = share }
                    : await BlendAdapter.FindAsync(repositories, actor, share, _gone.Token));
            _adapters = adapters;
            var found = plan.Blend.Base ?? adapters.Select(adapter => adapter.View?.BaseRepository?.ToString()).FirstOrDefault(name => name is not null);
            _plan = _plan with { Blend = plan.Blend with { Base = found } };
            if (adapters.Count == 0)
                _suggested = (await search.SearchAsync(actor, new SearchQuery { Kinds = [RepositoryKind.Adapter], Bases = found is null ? [] : [found], Size = MostSuggested }, _gone.Token)).Items;
            _fault = adapters.Select(adapter => adapter.Fault).FirstOrDefault(fault => fault is not null);
        }
        catch (CatalogException refusal)
        {
            _fault = refusal.Message;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            return;
        }

        _writing.Show(_plan);
        StateHasChanged();
    }

    // The field keeps what is typed; the address follows with the question.
    private void Typed(string? text) => _plan = _plan with { Prompt = text ?? "" };

    private async Task KeyAsync(KeyboardEventArgs key)
    {
        if (key is { Key: "Enter", CtrlKey: true } or { Key: "Enter", MetaKey: true })
            await WriteAsync();
    }

    private async Task WriteAsync()
    {
        if (!CanWrite)
            return;
        Remember();
        _chosen = null;
        await _writing.WriteAsync(_actor!, _plan);
    }

    private Task StopAsync() => _writing.StopAsync();

    private Task ChangeAsync(PlaygroundPlan plan)
    {
        _plan = plan;
        Remember();
        return Task.CompletedTask;
    }

    private Task AddAsync(RepositoryCard card) => BlendAsync(_plan.Blend with { Adapters = [.. _plan.Blend.Adapters, new BlendShare(card.FullName)] });

    /// <summary>Other adapters or weights: what was asked before is asked again.</summary>
    private async Task BlendAsync(BlendPlan blend)
    {
        await TakeAsync(_plan with { Blend = blend });
        Remember();
        await AskAgainAsync();
    }

    private async Task SlideAsync(BlendPlan blend)
    {
        _plan = _plan with { Blend = blend };
        _adapters = [.. _adapters.Zip(blend.Adapters, (adapter, share) => adapter with { Share = share })];
        await AskAgainAsync();
    }

    private Task AskAgainAsync() => CanWrite && _writing.Columns.Any(column => column.Signature is not null) ? WriteAsync() : Task.CompletedTask;

    private void Remember()
    {
        var address = _plan.ToAddress();
        _shownAddress = navigation.ToAbsoluteUri(address).ToString();
        if (_shownAddress != navigation.Uri)
            navigation.NavigateTo(address, replace: true);
    }

    private async Task MeasureAsync()
    {
        if (string.IsNullOrWhiteSpace(_measured) || _isMeasuring)
            return;
        (_isMeasuring, _fault) = (true, null);
        try
        {
            await _writing.MeasureAsync(_actor!, _plan, _measured, _gone.Token);
        }
        catch (CatalogException refusal)
        {
            _fault = refusal.Message;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            _isMeasuring = false;
        }
    }

    private void Choose(LaneColumn column, int place) => _chosen = _chosen is { } chosen && chosen.Column == column && chosen.Place == place ? null : (column, place);

    /// <summary>Tokens come faster than pages can be drawn.</summary>
    private void Draw()
    {
        if (_isDrawing || _gone.IsCancellationRequested)
            return;
        _isDrawing = true;
        _ = InvokeAsync(async () =>
        {
            StateHasChanged();
            await Task.Delay(DrawEvery);
            _isDrawing = false;
            if (!_gone.IsCancellationRequested)
                StateHasChanged();
        });
    }
}
