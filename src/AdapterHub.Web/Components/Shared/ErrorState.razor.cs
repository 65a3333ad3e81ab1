using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// Stands where something could not be shown: says what and, where trying again may help, offers it. Never a stack trace.
/// <c>&lt;ErrorState Title="The files could not be listed" Retry="LoadAsync"&gt;@_fault&lt;/ErrorState&gt;</c>
/// </summary>
public sealed partial class ErrorState : ComponentBase
{
    [Parameter, EditorRequired] public string Title { get; set; } = "";

    [Parameter] public RenderFragment? ChildContent { get; set; }

    [Parameter] public RenderFragment? Actions { get; set; }

    [Parameter] public EventCallback Retry { get; set; }
}
