using System.Globalization;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Formatting;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>What a blend loses at each rank, as SVG, with the rank that was chosen marked; every rank can be chosen.</summary>
public sealed partial class RankCurve : ComponentBase
{
    private const double Width = 600, Height = 220, Left = 62, Right = 24, Top = 12, Bottom = 30;
    private const double LabelRoom = 36;
    private RankLoss? _chosen;
    private List<double> _ticks = [];
    private List<int> _labels = [];
    private double _highest;

    /// <summary>Ascending ranks, at least one.</summary>
    [Parameter, EditorRequired] public IReadOnlyList<RankLoss> Points { get; set; } = [];

    /// <summary>The rank of the blend; null where it keeps all.</summary>
    [Parameter] public int? Chosen { get; set; }

    [Parameter] public EventCallback<int> Choose { get; set; }

    private string Description => _chosen is { } mark
        ? $"Rank {mark.Rank} loses {Share(mark.RelativeError)} of the change (relative error, Frobenius norm); nothing is lost from rank {Points[^1].Rank} on."
        : $"What each rank would lose of the change (relative error, Frobenius norm); nothing is lost from rank {Points[^1].Rank} on.";

    protected override void OnParametersSet()
    {
        // A rank above all that are needed loses as little as the last.
        _chosen = Chosen is { } rank ? Points.LastOrDefault(point => point.Rank <= rank) is { } below && (below.Rank == rank || below == Points[^1]) ? below : null : null;
        _highest = Math.Max(1e-9, Points.Max(point => point.RelativeError));
        _ticks = [0, _highest / 2, _highest];
        // The last rank is named; of the others those that are far enough from it.
        _labels = [.. Points.Select(point => point.Rank).Where(rank => rank == Points[^1].Rank || X(Points[^1].Rank) - X(rank) > LabelRoom)];
    }

    /// <summary>Ranks double from point to point, so they lie evenly by their logarithm.</summary>
    private double X(int rank)
    {
        var (low, high) = (Math.Log2(Points[0].Rank), Math.Log2(Math.Max(Points[^1].Rank, Points[0].Rank + 1)));
        return Left + (Math.Log2(rank) - low) / (high - low) * (Width - Left - Right);
    }

    private double Y(double error) => Height - Bottom - error / _highest * (Height - Top - Bottom);

    private static string Share(double share) => Display.Share(share < 1e-6 ? 0 : share);

    /// <summary>Razor keeps the element &lt;text&gt; to itself. All of it is numbers of this program.</summary>
    private static MarkupString Label(double x, double y, string anchor, string figure) =>
        new($"<text class=\"curve-text\" x=\"{W(x)}\" y=\"{W(y)}\" text-anchor=\"{anchor}\">{figure}</text>");

    private static string W(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
