using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// The square picture of an adapter's anatomy: an SVG drawn by this program (never one that was uploaded), or an address; a plain drawing without either.
/// <c>&lt;AdapterThumb Svg="@thumb" Alt="Anatomy of ada/wisdom" /&gt;</c> fills the width it is given.
/// </summary>
public sealed partial class AdapterThumb : ComponentBase
{
    [Parameter] public MarkupString? Svg { get; set; }

    [Parameter] public string? Source { get; set; }

    /// <summary>Null beside the adapter's name, where the picture is decoration.</summary>
    [Parameter] public string? Alt { get; set; }
}
