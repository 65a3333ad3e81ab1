using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace AdapterHub.Web.Components.Catalogue;

/// <summary>
/// A field for one repository of a kind, out of all that the reader may see: it offers the first ones at once and others while somebody types. What is typed and not
/// chosen is taken back when the field is left, unless it is a name as it is.
/// <c>&lt;RepositoryField Id="base" Label="Base model" Kind="RepositoryKind.BaseModel" Value="@_base" ValueChanged="ChooseAsync" /&gt;</c>
/// </summary>
public sealed partial class RepositoryField(SearchService search, ActorAccessor actors) : ComponentBase
{
    private const int Offered = 12;
    private IReadOnlyList<RepositoryCard> _found = [];
    private string _text = "";
    private string? _shown;
    private bool _isOpen;
    private bool _isSearched;
    private int _active = -1;
    private int _total;
    private int _turn;

    [Parameter, EditorRequired] public string Id { get; set; } = "";

    [Parameter, EditorRequired] public string Label { get; set; } = "";

    [Parameter, EditorRequired] public RepositoryKind Kind { get; set; }

    /// <summary><c>owner/name</c>, or empty.</summary>
    [Parameter, EditorRequired] public string Value { get; set; } = "";

    [Parameter] public EventCallback<string> ValueChanged { get; set; }

    [Parameter] public string? Placeholder { get; set; }

    protected override void OnParametersSet()
    {
        if (_shown == Value)
            return;
        (_shown, _text) = (Value, Value);
    }

    private string OptionId(int index) => $"{Id}-{index}";

    /// <summary>All of them first: whoever looks for another one need not empty the field.</summary>
    private Task OpenAsync() => FindAsync("");

    private Task TypedAsync(string? text)
    {
        _text = text ?? "";
        return FindAsync(_text);
    }

    private async Task FindAsync(string text)
    {
        var turn = ++_turn;
        _isOpen = true;
        var page = await search.SearchAsync(
            await actors.GetAsync(), new SearchQuery { Text = text, Kinds = [Kind], Sort = text.Length == 0 ? SearchSort.Name : SearchSort.Default, Size = Offered }, default);
        // Answers may overtake one another.
        if (turn == _turn)
            (_found, _total, _active, _isSearched) = (page.Items, page.Total, -1, true);
    }

    private async Task KeyAsync(KeyboardEventArgs key)
    {
        if (key.Key == "Escape")
            Close();
        else if (key.Key is "ArrowDown" or "ArrowUp" && _found.Count > 0)
            (_isOpen, _active) = (true, (_active + (key.Key == "ArrowDown" ? 1 : _active < 0 ? 0 : _found.Count - 1) + _found.Count) % _found.Count);
        else if (key.Key == "Enter" && _isOpen && _active >= 0)
            await PickAsync(_found[_active].FullName);
    }

    private async Task PickAsync(string name)
    {
        (_text, _shown) = (name, name);
        Close();
        await ValueChanged.InvokeAsync(name);
    }

    private async Task LeaveAsync()
    {
        var typed = _text.Trim();
        var match = _found.FirstOrDefault(card => card.FullName.Equals(typed, StringComparison.OrdinalIgnoreCase));
        Close();
        if (match is not null && match.FullName != Value)
            await PickAsync(match.FullName);
        else
            _text = Value;
    }

    private void Close()
    {
        _turn++;
        (_isOpen, _found, _active, _isSearched) = (false, [], -1, false);
    }
}
