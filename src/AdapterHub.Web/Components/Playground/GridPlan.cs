using System.Globalization;
using AdapterHub.Web.Components.Blending;

namespace AdapterHub.Web.Components.Playground;

/// <summary>What a cell of the grid is measured by.</summary>
public enum GridMetric
{
    /// <summary>Of a chosen text; smaller is better foreseen.</summary>
    Perplexity,

    /// <summary>Share of the places in which another token stands than in the base's answer.</summary>
    Differs,

    /// <summary>Tokens until the answer ended.</summary>
    Length,

    /// <summary>Mean ln p of the answer's tokens in the base.</summary>
    UnderBase,
}

/// <summary>One weight that is moved in steps.</summary>
/// <param name="Place">The adapter's, counted from 1.</param>
public sealed record GridAxis(int Place, double From, double To, int Steps)
{
    public const int MostSteps = 9;

    public double At(int step) => BlendPlan.Clamp(Steps == 1 ? From : From + (To - From) * step / (Steps - 1));

    /// <summary>Such as <c>1:-1:1:5</c>.</summary>
    public static GridAxis? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(':') is [var place, var from, var to, var steps] && int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at is >= 1 and <= BlendPlan.MostAdapters
            && BlendPlan.TryNumber(from, out var first) && BlendPlan.TryNumber(to, out var last) && int.TryParse(steps, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostSteps
            ? new GridAxis(at, BlendPlan.Clamp(first), BlendPlan.Clamp(last), count)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Place}:{BlendPlan.Text(From)}:{BlendPlan.Text(To)}:{Steps}");
}

/// <summary>A table of blends: one weight goes from left to right, another from top to bottom.</summary>
/// <param name="Down">Null where there is one adapter alone.</param>
public sealed record GridPlan(GridAxis Across, GridAxis? Down, GridMetric Metric = GridMetric.Differs)
{
    public int Rows => Down?.Steps ?? 1;

    public int Columns => Across.Steps;

    /// <summary>The first two adapters from 0 to 1.</summary>
    public static GridPlan Usual(int adapters) => new(new GridAxis(1, 0, 1, 5), adapters > 1 ? new GridAxis(2, 0, 1, 5) : null);

    /// <summary>Null where it means adapters that are not there, or one twice.</summary>
    public GridPlan? Fit(int adapters)
    {
        if (adapters == 0)
            return null;
        var across = Across.Place <= adapters ? Across : Across with { Place = 1 };
        var down = Down is { } axis && axis.Place <= adapters && axis.Place != across.Place ? axis : adapters > 1 ? (Down ?? new GridAxis(2, 0, 1, 5)) with { Place = across.Place == 1 ? 2 : 1 } : null;
        return this with { Across = across, Down = down };
    }

    /// <summary>The blend of a cell.</summary>
    public IReadOnlyList<BlendShare> SharesAt(IReadOnlyList<BlendShare> shares, int row, int column) =>
        [.. shares.Select((share, place) => place + 1 == Across.Place ? share with { Weight = Across.At(column) } : place + 1 == Down?.Place ? share with { Weight = Down.At(row) } : share)];
}
