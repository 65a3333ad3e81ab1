using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>The shape of what is being loaded.</summary>
public enum SkeletonKind
{
    Rows,
    Tiles,
    Text,
    Block,
}

/// <summary>
/// Stands where something is being loaded, in the height that it will have, so that nothing moves when it comes.
/// <c>&lt;LoadingState What="files" Kind="SkeletonKind.Rows" Count="6" Height="2.375rem" /&gt;</c>
/// </summary>
public sealed partial class LoadingState : ComponentBase
{
    private static readonly int[] Widths = [92, 74, 86, 61, 80, 47];

    /// <summary>For screen readers: "Loading files".</summary>
    [Parameter] public string What { get; set; } = "";

    [Parameter] public SkeletonKind Kind { get; set; }

    /// <summary>Rows, tiles or lines.</summary>
    [Parameter] public int Count { get; set; } = 5;

    /// <summary>Of one row or tile, or of the block; a CSS length.</summary>
    [Parameter] public string Height { get; set; } = "2.375rem";
}
