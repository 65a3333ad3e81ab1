using System.Globalization;
using AdapterHub.Web.Components.Settings;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>A page with a <see cref="RunComparison"/>: how its charts are drawn stands in the address.</summary>
public abstract class ComparingPage : ActingPage
{
    protected const double UsualSmoothing = 0.6;

    /// <summary>Runs that are not drawn, divided by commas. Tells that they have changed; those that count stand where the page is on its way to.</summary>
    [SupplyParameterFromQuery] public string? Hide { get; set; }

    /// <summary>Whether the best run comes first.</summary>
    [SupplyParameterFromQuery] public string? Sort { get; set; }

    [SupplyParameterFromQuery] public double? Smooth { get; set; }

    [SupplyParameterFromQuery] public int? Log { get; set; }

    [SupplyParameterFromQuery] public int? From { get; set; }

    [SupplyParameterFromQuery] public int? To { get; set; }

    [Inject] internal PageAddress Address { get; set; } = default!;

    protected IReadOnlyList<long> Hidden => Numbers(Address.Find("hide"));

    protected (int From, int To)? Zoom => From is { } from && To is { } to && to > from ? (from, to) : null;

    protected static List<long> Numbers(string? text) => [.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(word => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0).Distinct().Take(RunComparison.MostRuns)];

    protected Task SmoothAsync(double smooth) => Go("smooth", Math.Abs(smooth - UsualSmoothing) < 1e-9 ? null : smooth.ToString("0.##", CultureInfo.InvariantCulture));

    protected Task LogAsync(bool isLog) => Go("log", isLog ? "1" : null);

    protected Task HideAsync(IReadOnlyCollection<long> hidden) => Go("hide", hidden.Count > 0 ? string.Join(',', hidden.Order()) : null);

    protected Task ZoomAsync((int From, int To)? zoom)
    {
        Address.Set(new Dictionary<string, object?> { ["from"] = zoom?.From, ["to"] = zoom?.To });
        return Task.CompletedTask;
    }

    protected Task Go(string name, string? value)
    {
        Address.Set(name, value, replace: true);
        return Task.CompletedTask;
    }
}
