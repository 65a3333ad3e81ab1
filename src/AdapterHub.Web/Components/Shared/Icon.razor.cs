using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// A drawing of 1 em in the colour of the text. Without a label it is decoration, unseen by screen readers.
/// <c>&lt;Icon Name="IconName.Download" /&gt;</c>
/// </summary>
public sealed partial class Icon : ComponentBase
{
    [Parameter, EditorRequired] public IconName Name { get; set; }

    /// <summary>What it means, where no text beside it says so.</summary>
    [Parameter] public string? Label { get; set; }

    [Parameter] public string? Class { get; set; }
}
