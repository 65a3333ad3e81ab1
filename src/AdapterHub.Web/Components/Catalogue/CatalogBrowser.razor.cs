using AdapterHub.Catalog;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using AdapterHub.Web.Formatting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AdapterHub.Web.Components.Catalogue;

/// <summary>
/// Repositories to search, narrow, sort and page through; everything chosen stands in the address. One component for the list of a kind, of an
/// owner and of a tag: what is fixed is a parameter and is not offered as a filter.
/// </summary>
public sealed partial class CatalogBrowser(SearchService search, ActorAccessor actors, NavigationManager navigation, PageAddress address) : ComponentBase, IDisposable
{
    /// <summary>Long enough that a word being typed is one search, short enough to feel immediate.</summary>
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(160);

    private static readonly Facet[] FacetOrder =
        [Facet.Kind, Facet.Base, Facet.Task, Facet.Method, Facet.Rank, Facet.Tag, Facet.License, Facet.Language, Facet.Owner];

    /// <summary>Parameters of the page around it.</summary>
    private static readonly string[] KeptParameters = ["tab=", "revision="];

    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<string> _kept = [];
    private CancellationTokenSource? _typing;
    private IReadOnlyList<(Facet Facet, string Value)> _chosen = [];
    private SearchPage? _page;
    private string? _shownAddress;
    private string _path = "";
    private string? _fault;
    private string? _text;
    private bool _isLoading;

    /// <summary>The only kind to show; null for all.</summary>
    [Parameter] public RepositoryKind? Kind { get; set; }

    /// <summary>The only owner to show; null for all.</summary>
    [Parameter] public string? Owner { get; set; }

    /// <summary>A tag that all must have; null for none.</summary>
    [Parameter] public string? Tag { get; set; }

    /// <summary>The only base model, <c>owner/name</c>; null for all.</summary>
    [Parameter] public string? Base { get; set; }

    /// <summary>What one of them is called.</summary>
    [Parameter] public string Noun { get; set; } = "repository";

    [Parameter] public string Plural { get; set; } = "repositories";

    [Parameter] public string SearchHint { get; set; } = "Name, tag, base model, words of the card";

    /// <summary>Instead of the ordinary words where there is nothing at all.</summary>
    [Parameter] public RenderFragment? Empty { get; set; }

    private SearchQuery Asked { get; set; } = SearchQuery.Everything;

    private bool IsTable { get; set; }

    private string Path => new Uri(address.Current).AbsolutePath;

    private IEnumerable<Facet> ShownFacets => FacetOrder.Where(facet => !(facet == Facet.Kind && Kind is not null)
        && !(facet == Facet.Owner && Owner is not null)
        && !(facet == Facet.Base && Base is not null)
        && !(facet is Facet.Rank or Facet.Base && Kind is RepositoryKind.BaseModel or RepositoryKind.Dataset && _page?[facet].Values.Count is not > 0));

    private IEnumerable<SearchSort> ShownSorts => Enum.GetValues<SearchSort>()
        .Where(sort => sort != SearchSort.Default && (sort != SearchSort.Relevance || !string.IsNullOrWhiteSpace(Asked.Text)));

    private string TotalText => _page is { } page ? Display.Exact(page.Total) + " " + (page.Total == 1 ? Noun : Plural) : "";

    public void Dispose()
    {
        navigation.LocationChanged -= Follow;
        _gone.Cancel();
        _gone.Dispose();
        _typing?.Dispose();
    }

    protected override void OnInitialized()
    {
        _path = Path;
        navigation.LocationChanged += Follow;
    }

    protected override Task OnParametersSetAsync() => ShowAsync();

    /// <summary>A page without parameters is not drawn again when only the query changes.</summary>
    private void Follow(object? sender, LocationChangedEventArgs change)
    {
        if (string.Equals(Path, _path, StringComparison.Ordinal))
            _ = InvokeAsync(ShowAsync);
    }

    private async Task ShowAsync()
    {
        var wanted = address.Current;
        if (string.Equals(wanted, _shownAddress, StringComparison.Ordinal))
            return;
        _shownAddress = wanted;
        var query = new Uri(wanted).Query;
        Asked = SearchQueryString.Read(query);
        _kept = [.. query.TrimStart('?').Split('&').Where(pair => KeptParameters.Any(name => pair.StartsWith(name, StringComparison.Ordinal)))];
        IsTable = query.Contains("view=table", StringComparison.Ordinal);
        _chosen = [.. from facet in ShownFacets from value in Asked.ValuesOf(facet) select (facet, value)];
        // While somebody types, the field is ahead of the address.
        if (_typing is null)
            _text = Asked.Text;
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        _isLoading = true;
        StateHasChanged();
        var wanted = _shownAddress;
        try
        {
            var actor = await actors.GetAsync(_gone.Token);
            var page = await search.SearchAsync(actor, Narrowed(Asked), _gone.Token);
            if (!string.Equals(wanted, _shownAddress, StringComparison.Ordinal))
                return;
            (_page, _fault) = (page, null);
        }
        catch (CatalogException refusal)
        {
            _fault = refusal.Message;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The page was left.
        }
        finally
        {
            _isLoading = false;
            StateHasChanged();
        }
    }

    private async Task TypedAsync(string? text)
    {
        _text = text;
        if (_typing is not null)
            await _typing.CancelAsync();
        var typing = _typing = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        try
        {
            await Task.Delay(TypingPause, typing.Token);
            address.Go(AddressOf(Asked with { Text = _text, After = null }), replace: true);
            await ShowAsync();
        }
        catch (OperationCanceledException)
        {
            // Another letter came, or the page was left.
        }
        finally
        {
            if (_typing == typing)
                _typing = null;
            typing.Dispose();
        }
    }

    private async Task<FacetCounts> MoreAsync(Facet facet, string part) =>
        await search.FacetAsync(await actors.GetAsync(_gone.Token), Narrowed(Asked), facet, part, 60, _gone.Token);

    private SearchQuery Narrowed(SearchQuery query) => query with
    {
        Kinds = Kind is { } kind ? [kind] : query.Kinds,
        Bases = Base is { } baseModel ? [baseModel] : query.Bases,
        Owners = Owner is { } owner ? [owner] : query.Owners,
        Tags = Tag is { } tag ? [.. query.Tags.Append(tag)] : query.Tags,
    };

    private string AddressOf(SearchQuery query) => AddressOf(query, IsTable);

    private string AddressOf(SearchQuery query, bool isTable)
    {
        var parts = _kept.Append(SearchQueryString.Write(query)).Append(isTable ? "view=table" : "").Where(part => part.Length > 0);
        var written = string.Join('&', parts);
        return written.Length > 0 ? $"{Path}?{written}" : Path;
    }

    private static string SortTitle(SearchSort sort) => sort switch
    {
        SearchSort.Relevance => "Best match",
        SearchSort.Trending => "Trending",
        SearchSort.Newest => "Newest",
        SearchSort.Updated => "Recently updated",
        SearchSort.Downloads => "Most downloads",
        SearchSort.Likes => "Most likes",
        SearchSort.Size => "Largest",
        SearchSort.Name => "Name",
        _ => "",
    };
}
