using System.Globalization;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Components.Blending;
using Microsoft.AspNetCore.WebUtilities;

namespace AdapterHub.Web.Components.Playground;

/// <summary>
/// A plan as an address: what <see cref="BlendPlan"/> has, <c>b=0.5</c> for each adapter's weight in the second blend with <c>bl</c> and <c>bc</c> for its
/// layers, <c>prompt</c> or <c>as=chat</c> with <c>u=0:Hello</c> for each message, and the settings.
/// </summary>
internal static class PlaygroundAddress
{
    public static PlaygroundPlan Parse(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        var blend = Plain(BlendPlan.Parse(query));
        var usual = new PlaygroundPlan();
        return new PlaygroundPlan
        {
            Blend = blend,
            Second = ReadSecond(blend.Adapters, Read("b"), Read("bl"), Read("bc")),
            Prompt = Cut(First("prompt")),
            IsChat = First("as") is "chat",
            System = Cut(First("system")),
            Turns = First("as") is "chat" ? [.. Read("u").Take(PlaygroundPlan.MostTurns).Select(ReadTurn)] : [],
            Grid = ReadGrid(First("across"), First("down"), First("metric"))?.Fit(blend.Adapters.Count),
            MeasuredText = Cut(First("text")),
            MeasuredFrom = RepositoryName.TryParse(First("from"), out _) ? First("from") : null,
            HasFixedTotal = First("sum") == "fixed",
            Seed = long.TryParse(First("draw"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 0,
            Stop = Cut(First("stop")),
            Tokens = (int)Number("tokens", 1, PlaygroundPlan.MostTokens, usual.Tokens),
            Temperature = Number("t", 0, 10, usual.Temperature),
            TopP = Number("top_p", 0.01, 1, usual.TopP),
            TopK = (int)Number("top_k", 0, 1000, usual.TopK),
            MinP = Number("min_p", 0, 1, usual.MinP),
            Penalty = Number("penalty", 0.1, 10, usual.Penalty),
        };

        IEnumerable<string> Read(string name) => values.TryGetValue(name, out var found) ? found.OfType<string>() : [];

        string First(string name) => Read(name).FirstOrDefault() ?? "";

        double Number(string name, double least, double most, double otherwise) =>
            BlendPlan.TryNumber(First(name), out var value) && value >= least && value <= most ? value : otherwise;
    }

    /// <summary>The hub takes request lines of 8 KiB; this is what is left for an address.</summary>
    private const int Longest = 7800;

    public static bool Fits(PlaygroundPlan plan) => WriteAll(plan).Length <= Longest;

    /// <summary>What would be too long to be opened again goes without its texts.</summary>
    public static string Write(PlaygroundPlan plan) =>
        WriteAll(plan) is { Length: <= Longest } whole ? whole : WriteAll(plan with { Prompt = "", System = "", Turns = [], MeasuredText = "" });

    private static string WriteAll(PlaygroundPlan plan)
    {
        var usual = new PlaygroundPlan();
        List<(string Name, string? Value)> parts = [.. WriteSecond(plan.Second)];
        parts.AddRange([("prompt", Other(plan.Prompt)), ("as", plan.IsChat ? "chat" : null), ("system", Other(plan.System))]);
        parts.AddRange(plan.Turns.Select(turn => ("u", (string?)string.Create(CultureInfo.InvariantCulture, $"{turn.Again}:{turn.Text}"))));
        parts.AddRange([
            ("across", plan.Grid?.Across.ToString()), ("down", plan.Grid?.Down?.ToString()), ("metric", plan.Grid?.Metric.ToString().ToLowerInvariant()),
            ("text", Other(plan.MeasuredText)), ("from", plan.MeasuredFrom),
            ("sum", plan.HasFixedTotal ? "fixed" : null), ("tokens", Other(plan.Tokens, usual.Tokens)), ("t", Other(plan.Temperature, usual.Temperature)),
            ("top_p", Other(plan.TopP, usual.TopP)), ("top_k", Other(plan.TopK, usual.TopK)), ("min_p", Other(plan.MinP, usual.MinP)),
            ("penalty", Other(plan.Penalty, usual.Penalty)), ("draw", Other(plan.Seed, usual.Seed)), ("stop", Other(plan.Stop)),
        ]);
        var blend = plan.Blend.ToAddress()[BlendPlan.Path.Length..];
        var query = string.Join('&', parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
        return PlaygroundPlan.Path + (query.Length == 0 ? blend : blend.Length == 0 ? $"?{query}" : $"{blend}&{query}");
    }

    /// <summary>Weights by the places of the adapters; one that is missing is the first blend's.</summary>
    private static List<BlendShare>? ReadSecond(IReadOnlyList<BlendShare> adapters, IEnumerable<string> weights, IEnumerable<string> layers, IEnumerable<string> curves)
    {
        var given = weights.Take(adapters.Count).Select(text => BlendPlan.TryNumber(text, out var weight) ? BlendPlan.Clamp(weight) : (double?)null).ToList();
        if (given.Count == 0)
            return null;
        var shares = adapters.Select((share, place) => new BlendShare(share.Reference, place < given.Count ? given[place] ?? share.Weight : share.Weight)).ToList();
        BlendShare.ReadLayers(shares, layers, curves);
        return shares;
    }

    private static IEnumerable<(string Name, string? Value)> WriteSecond(IReadOnlyList<BlendShare>? second) => second is null
        ? []
        : second.Select(share => ("b", (string?)BlendPlan.Text(share.Weight))).Concat(BlendShare.WriteLayers(second, "bl", "bc"));

    private static GridPlan? ReadGrid(string across, string down, string metric) => GridAxis.Parse(across) is { } axis
        ? new GridPlan(axis, GridAxis.Parse(down), Enum.GetValues<GridMetric>().FirstOrDefault(known => string.Equals(known.ToString(), metric, StringComparison.OrdinalIgnoreCase), GridMetric.Differs))
        : null;

    private static ChatTurn ReadTurn(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var again)
            ? new ChatTurn(Cut(text[(colon + 1)..]), again)
            : new ChatTurn(Cut(text));
    }

    /// <summary>Weights and layers alone: lanes apply changes as they are.</summary>
    private static BlendPlan Plain(BlendPlan plan) => new() { Base = plan.Base, Adapters = plan.Adapters };

    private static string Cut(string text) => text.Length <= PlaygroundPlan.LongestPrompt ? text : text[..PlaygroundPlan.LongestPrompt];

    private static string? Other(string text) => text.Length > 0 ? text : null;

    private static string? Other(double value, double usual) => value == usual ? null : BlendPlan.Text(value);
}
