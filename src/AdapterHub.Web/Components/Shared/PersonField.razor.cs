using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// A person's name, with those that begin as it was typed below it. In a form, ask <see cref="TakeChoiceAsync"/> first when it is submitted:
/// Enter in the open list chooses from it.
/// <c>&lt;PersonField Id="who" @bind-Value="_name" Except="_members" /&gt;</c>
/// </summary>
public sealed partial class PersonField(OwnerDirectory directory, ActorAccessor actors) : ComponentBase
{
    private readonly string _listId = "people-" + Guid.NewGuid().ToString("N")[..8];
    private IReadOnlyList<OwnerName> _found = [];
    private int _active = -1;
    private int _turn;

    [Parameter, EditorRequired] public string Id { get; set; } = "";

    [Parameter] public string Value { get; set; } = "";

    [Parameter] public EventCallback<string> ValueChanged { get; set; }

    /// <summary>Names that are not offered: whoever is in the list already.</summary>
    [Parameter] public IReadOnlyCollection<string> Except { get; set; } = [];

    [Parameter] public string? Placeholder { get; set; }

    private bool IsOpen => _found.Count > 0;

    /// <summary>Takes the marked person of the open list; false when nobody is marked.</summary>
    public async Task<bool> TakeChoiceAsync()
    {
        if (_active < 0 || _active >= _found.Count)
            return false;
        await PickAsync(_found[_active]);
        return true;
    }

    private string OptionId(int index) => $"{_listId}-{index}";

    private async Task TypedAsync(string? text)
    {
        var turn = ++_turn;
        var typed = text ?? "";
        await ValueChanged.InvokeAsync(typed);
        var found = await directory.SuggestPeopleAsync(await actors.GetAsync(), typed, default);
        // Answers may overtake one another.
        if (turn != _turn)
            return;
        (_found, _active) = ([.. found.Where(person => !Except.Contains(person.Name, StringComparer.OrdinalIgnoreCase))], -1);
    }

    private void Move(KeyboardEventArgs key)
    {
        if (key.Key == "Escape")
            Close();
        else if (IsOpen && key.Key is "ArrowDown" or "ArrowUp")
            _active = (_active + (key.Key == "ArrowDown" ? 1 : _active < 0 ? 0 : _found.Count - 1) + _found.Count) % _found.Count;
    }

    private async Task PickAsync(OwnerName person)
    {
        Close();
        await ValueChanged.InvokeAsync(person.Name);
    }

    private void Close()
    {
        _turn++;
        (_found, _active) = ([], -1);
    }
}
