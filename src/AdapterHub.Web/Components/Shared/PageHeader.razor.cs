using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// The head of a page with its only h1: breadcrumbs above, picture, title with badges, a line about it, and what can be done on the right.
/// <c>&lt;PageHeader Title="Base models"&gt;Models that adapters belong to.&lt;/PageHeader&gt;</c>
/// </summary>
public sealed partial class PageHeader : ComponentBase
{
    [Parameter] public string? Title { get; set; }

    /// <summary>Instead of <see cref="Title"/>, where the title holds links.</summary>
    [Parameter] public RenderFragment? TitleContent { get; set; }

    /// <summary>Usually <see cref="Breadcrumbs"/>.</summary>
    [Parameter] public RenderFragment? Above { get; set; }

    [Parameter] public RenderFragment? Thumb { get; set; }

    [Parameter] public RenderFragment? Badges { get; set; }

    [Parameter] public RenderFragment? Actions { get; set; }

    /// <summary>One line, or a row of facts.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }
}
