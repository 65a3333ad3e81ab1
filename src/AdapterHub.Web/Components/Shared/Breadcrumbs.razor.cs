using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>One step of <see cref="Breadcrumbs"/>.</summary>
/// <param name="Href">Null for the page itself.</param>
public sealed record Crumb(string Text, string? Href = null);

/// <summary>
/// The way to this page, from the widest to the narrowest.
/// <c>&lt;Breadcrumbs Items="@([new("ada", "/ada"), new("wisdom", "/ada/wisdom"), new("Files")])" /&gt;</c>
/// </summary>
public sealed partial class Breadcrumbs : ComponentBase
{
    [Parameter, EditorRequired] public IReadOnlyList<Crumb> Items { get; set; } = [];
}
