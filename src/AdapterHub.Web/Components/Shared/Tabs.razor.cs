using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>One of <see cref="Tabs"/>.</summary>
/// <param name="Key">Stands in the address.</param>
public sealed record TabItem(string Key, string Title, long? Count = null, IconName? Icon = null);

/// <summary>
/// Views of one page, as links that change <c>?tab=</c>; the first stands for an address without it. The page reads
/// <c>[SupplyParameterFromQuery] string? Tab</c>, turns it into a key with <see cref="Select"/> and shows that view.
/// </summary>
public sealed partial class Tabs(NavigationManager navigation) : ComponentBase
{
    [Parameter, EditorRequired] public IReadOnlyList<TabItem> Items { get; set; } = [];

    /// <summary>Key of the view that is shown.</summary>
    [Parameter, EditorRequired] public string Selected { get; set; } = "";

    /// <summary>What screen readers call the row.</summary>
    [Parameter, EditorRequired] public string Label { get; set; } = "";

    [Parameter] public string Parameter { get; set; } = "tab";

    /// <summary>Parameters that mean something in one view only, such as <c>page</c>: taken off when the view changes.</summary>
    [Parameter] public IReadOnlyList<string> Drop { get; set; } = [];

    /// <summary>The key asked for if there is such a tab, else the first.</summary>
    public static string Select(IReadOnlyList<TabItem> items, string? asked) => items.FirstOrDefault(item => item.Key == asked)?.Key ?? items[0].Key;

    private string AddressOf(TabItem item)
    {
        var changes = Drop.ToDictionary(name => name, _ => (object?)null);
        changes[Parameter] = item == Items[0] ? null : item.Key;
        return navigation.GetUriWithQueryParameters(changes);
    }
}
