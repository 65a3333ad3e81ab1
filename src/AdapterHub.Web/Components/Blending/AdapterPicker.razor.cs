using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Search;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace AdapterHub.Web.Components.Blending;

/// <summary>A field that finds adapters, those of one base model where one is given, and hands over the one that is chosen.</summary>
public sealed partial class AdapterPicker(SearchService search, ActorAccessor actors) : ComponentBase
{
    private const int MostOptions = 8;
    private IReadOnlyList<RepositoryCard> _found = [];
    private string _text = "";
    private bool _isSearched;
    private int _active = -1;
    private int _turn;

    [Parameter, EditorRequired] public string Id { get; set; } = "";

    /// <summary><c>owner/name</c>; null for all.</summary>
    [Parameter] public string? Base { get; set; }

    /// <summary>Names that are not offered.</summary>
    [Parameter] public IReadOnlyCollection<string> Except { get; set; } = [];

    [Parameter] public EventCallback<RepositoryName> Picked { get; set; }

    private bool IsOpen => _found.Count > 0;

    private string OptionId(int index) => $"{Id}-{index}";

    private Task OpenAsync() => FindAsync();

    private Task TypedAsync(string? text)
    {
        _text = text ?? "";
        return FindAsync();
    }

    private async Task FindAsync()
    {
        var turn = ++_turn;
        var query = new SearchQuery { Text = _text, Kinds = [RepositoryKind.Adapter], Bases = Base is { } named ? [named] : [], Size = MostOptions + Except.Count };
        var page = await search.SearchAsync(await actors.GetAsync(), query, default);
        // Answers may overtake one another.
        if (turn != _turn)
            return;
        (_found, _active, _isSearched) = ([.. page.Items.Where(card => !Except.Contains(card.FullName, StringComparer.OrdinalIgnoreCase)).Take(MostOptions)], -1, true);
    }

    private async Task KeyAsync(KeyboardEventArgs key)
    {
        if (key.Key == "Escape")
            Close();
        else if (IsOpen && key.Key is "ArrowDown" or "ArrowUp")
            _active = (_active + (key.Key == "ArrowDown" ? 1 : _active < 0 ? 0 : _found.Count - 1) + _found.Count) % _found.Count;
        else if (IsOpen && key.Key == "Enter")
            await PickAsync(_found[Math.Max(0, _active)]);
    }

    private async Task PickAsync(RepositoryCard card)
    {
        Close();
        _text = "";
        await Picked.InvokeAsync(RepositoryName.Of(card.Owner, card.Name));
    }

    private void Close()
    {
        _turn++;
        (_found, _active, _isSearched) = ([], -1, false);
    }
}
