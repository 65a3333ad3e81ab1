using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Search;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Blending;
using AdapterHub.Web.Components.Shared;
using AdapterHub.Web.Inference;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace AdapterHub.Web.Components.Playground;

/// <summary>
/// Where adapters are tried: one prompt or a chat, a lane each for base, adapters and blends, weights on sliders. What is asked stands in the address, so that
/// a link, or a reload, asks the same again and, by the same seed, gets the same.
/// </summary>
public sealed partial class PlaygroundPage(LaneService lanes, ModelFactsReader facts, CataloguedText texts, RepositoryCatalog repositories, SearchService search, ActorAccessor actors, NavigationManager navigation, PageAddress address, IJSRuntime script, TimeProvider time)
    : ComponentBase, IDisposable, IAsyncDisposable
{
    private const int MostSuggested = 4;
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(60);
    private const int MostDatasets = 20;

    /// <summary>Characters that surely fit a token of context.</summary>
    private const double CharactersPerToken = 2.5;
    private readonly CancellationTokenSource _gone = new();
    private LaneWriting _writing = null!;
    private GridWriting _grid = null!;
    private GridPlan? _gridOfBefore;
    private IReadOnlyList<string> _datasets = [];
    private PlaygroundPlan _plan = new();
    private IReadOnlyList<BlendAdapter> _adapters = [];
    private IReadOnlyList<RepositoryCard> _suggested = [];
    private ModelFacts? _facts;
    private Actor? _actor;
    private string? _fault;
    private string? _shownAddress;
    private Task _shown = Task.CompletedTask;
    private bool _isMeasuring;
    private bool _isReady;
    private bool _isDrawing;
    private bool _isFirstDrawn;

    private bool CanAsk => _actor is { IsSignedIn: true } && _plan.Blend.Base is not null && _adapters.All(adapter => adapter.Fault is null);

    private bool CanWrite => CanAsk && _plan.Prompt.Length > 0 && (!_plan.IsChat || _plan.Turns.Count < PlaygroundPlan.MostTurns);

    /// <summary>Another seed would write something else than what is there.</summary>
    private bool CanRepeat => CanWrite && _plan is { IsChat: false, Grid: null, Temperature: > 0 } && _writing.Columns.Any(column => column.Signature is not null);

    public void Dispose()
    {
        navigation.LocationChanged -= Follow;
        _writing?.Dispose();
        _grid?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _writing = new LaneWriting(lanes, Draw, RecordAsync);
        _grid = new GridWriting(lanes, Draw);
        navigation.LocationChanged += Follow;
        await (_shown = ShowAsync());
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _isReady = true;
        StateHasChanged();
        await _shown;
        // A shared address asks at once; a page that is drawn on the server asks nothing.
        await Task.WhenAll(_shelvesOpened = OpenShelvesAsync(), AnswerAsync());
    }

    private void Follow(object? sender, LocationChangedEventArgs change)
    {
        if (string.Equals(new Uri(address.Current).AbsolutePath, PlaygroundPlan.Path, StringComparison.Ordinal) && address.Current != _shownAddress)
            _ = InvokeAsync(ShowAsync);
    }

    private async Task ShowAsync()
    {
        _shownAddress = address.Current;
        await TakeAsync(PlaygroundPlan.Parse(new Uri(_shownAddress).Query));
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
            _facts = found is null ? null : await facts.FindAsync(actor, found, _gone.Token);
            _writing.Form = _facts?.Form ?? ConversationForm.Paragraphs;
            if (_datasets.Count == 0)
                _datasets = [.. (await search.SearchAsync(actor, new SearchQuery { Kinds = [RepositoryKind.Dataset], Size = MostDatasets }, _gone.Token)).Items.Select(card => card.FullName)];
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
        _grid.Show(_plan, Measured);
        StateHasChanged();
    }

    private void Typed(string text) => _plan = _plan with { Prompt = text };

    /// <summary>Asks what was typed: continues it, or sends it as the next message.</summary>
    private Task WriteAsync() => !CanWrite
        ? Task.CompletedTask
        : AskAsync(_plan.IsChat ? _plan with { Turns = [.. _plan.Turns, new ChatTurn(_plan.Prompt)], Prompt = "" } : _plan);

    private Task RepeatAsync() => CanRepeat ? AskAsync(_plan with { Seed = _plan.Seed + 1 }) : Task.CompletedTask;

    private async Task AskAsync(PlaygroundPlan plan)
    {
        _plan = plan;
        Remember();
        if (_plan.HasQuestion)
            await AnswerAsync();
        else
            await _writing.ClearAsync(_plan);
    }

    private Task AnswerAsync() => _plan.Grid is not null ? FillAsync() : CanAsk && _plan.HasQuestion ? _writing.WriteAsync(_actor!, _plan) : Task.CompletedTask;

    private void Change(PlaygroundPlan plan)
    {
        _plan = plan;
        Remember();
        _grid.Show(_plan, Measured);
    }

    /// <summary>Other adapters or weights: what was asked before is asked again.</summary>
    private async Task BlendAsync(PlaygroundPlan plan)
    {
        await TakeAsync(plan);
        Remember();
        await AskAgainAsync();
    }

    private async Task SlideAsync(PlaygroundPlan plan)
    {
        _plan = plan;
        _adapters = [.. _adapters.Zip(plan.Blend.Adapters, (adapter, share) => adapter with { Share = share })];
        await AskAgainAsync();
    }

    private Task AskAgainAsync() => _plan.Grid is null && _writing.Columns.Any(column => column.Signature is not null || column.IsRestored) ? AnswerAsync() : Task.CompletedTask;

    private void Remember()
    {
        address.Go(_plan.ToAddress(), replace: true);
        _shownAddress = address.Current;
    }

    /// <summary>Tokens come faster than pages can be drawn; only the first of an answer, for which somebody waits, is not kept waiting.</summary>
    private void Draw()
    {
        if (_gone.IsCancellationRequested)
            return;
        if (_writing.FirstTokenMilliseconds is null)
            _isFirstDrawn = false;
        else if (!_isFirstDrawn)
        {
            _isFirstDrawn = true;
            _ = InvokeAsync(StateHasChanged);
            return;
        }

        if (_isDrawing)
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
