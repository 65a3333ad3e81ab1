using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.StyleGuide;

/// <summary>What we take of Radzen, in our colours.</summary>
public sealed partial class RadzenParts : ComponentBase
{
    private int _weight = 70;

    private static IReadOnlyList<Loss> Losses { get; } =
        [.. Enumerable.Range(0, 25).Select(k => new Loss(k * 20, 2.1 + 2.4 * Math.Exp(-k / 6.0) + 0.05 * Math.Sin(k), 2.4 + 2.2 * Math.Exp(-k / 7.0)))];

    private sealed record Loss(int Step, double Train, double Held);
}
