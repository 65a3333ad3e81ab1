using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Api;

/// <summary>Parameters, or members of a body or an answer, as a table.</summary>
public sealed partial class ApiFields : ComponentBase
{
    [Parameter, EditorRequired] public string Title { get; set; } = "";

    [Parameter, EditorRequired] public IReadOnlyList<ApiField> Fields { get; set; } = [];

    /// <summary>A media type that has no members.</summary>
    [Parameter] public string? Type { get; set; }
}
