using System.Globalization;
using AdapterHub.Protocol.Inference;
using AdapterHub.Web.Components.Blending;
using Microsoft.AspNetCore.WebUtilities;

namespace AdapterHub.Web.Components.Playground;

/// <summary>
/// Everything that the playground shows, as its address has it: base, adapters, weights and layers as on the page of blends, then the prompt and how tokens
/// are drawn. What the address leaves out is usual.
/// </summary>
public sealed record PlaygroundPlan
{
    public const string Path = "/playground";
    public const int UsualTokens = 80;
    public const int MostTokens = 1024;
    public const int LongestPrompt = 6000;
    private const double UsualTemperature = 0.8;
    private const double UsualTopP = 0.95;

    /// <summary>Base, adapters with weights, layers.</summary>
    public BlendPlan Blend { get; init; } = new();

    public string Prompt { get; init; } = "";

    /// <summary>The prompt is a message to be answered, not a text to be continued.</summary>
    public bool IsMessage { get; init; }

    /// <summary>Weights keep their sum: what one gains the others lose.</summary>
    public bool HasFixedTotal { get; init; }

    public int Tokens { get; init; } = UsualTokens;

    public double Temperature { get; init; } = UsualTemperature;

    public double TopP { get; init; } = UsualTopP;

    public int TopK { get; init; }

    public double MinP { get; init; }

    public double Penalty { get; init; } = 1;

    public long Seed { get; init; }

    /// <summary>A text at which every lane ends; empty for none.</summary>
    public string Stop { get; init; } = "";

    public static PlaygroundPlan Parse(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        var plan = new PlaygroundPlan
        {
            Blend = Plain(BlendPlan.Parse(query)),
            Prompt = Cut(Read("prompt")),
            IsMessage = Read("as") == "message",
            HasFixedTotal = Read("sum") == "fixed",
            Seed = long.TryParse(Read("draw"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 0,
            Stop = Cut(Read("stop")),
        };
        return plan with
        {
            Tokens = (int)Number("tokens", 1, MostTokens, plan.Tokens),
            Temperature = Number("t", 0, 10, plan.Temperature),
            TopP = Number("top_p", 0.01, 1, plan.TopP),
            TopK = (int)Number("top_k", 0, 1000, plan.TopK),
            MinP = Number("min_p", 0, 1, plan.MinP),
            Penalty = Number("penalty", 0.1, 10, plan.Penalty),
        };

        string Read(string name) => values.TryGetValue(name, out var found) ? found.ToString() : "";

        double Number(string name, double least, double most, double usual) =>
            double.TryParse(Read(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value : usual;
    }

    /// <summary>The page's address with this plan.</summary>
    public string ToAddress()
    {
        var usual = new PlaygroundPlan();
        (string Name, string? Value)[] parts =
        [
            ("prompt", Prompt.Length > 0 ? Prompt : null), ("as", IsMessage ? "message" : null), ("sum", HasFixedTotal ? "fixed" : null),
            ("tokens", Other(Tokens, usual.Tokens)), ("t", Other(Temperature, usual.Temperature)), ("top_p", Other(TopP, usual.TopP)), ("top_k", Other(TopK, usual.TopK)),
            ("min_p", Other(MinP, usual.MinP)), ("penalty", Other(Penalty, usual.Penalty)), ("draw", Other(Seed, usual.Seed)), ("stop", Stop.Length > 0 ? Stop : null),
        ];
        var blend = Blend.ToAddress()[BlendPlan.Path.Length..];
        var query = string.Join('&', parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
        return Path + (query.Length == 0 ? blend : blend.Length == 0 ? $"?{query}" : $"{blend}&{query}");
    }

    /// <summary>The playground with these adapters of a base model, a page's link.</summary>
    public static string AddressOf(string? baseModel, params IReadOnlyList<Catalog.Repositories.RepositoryName> adapters) =>
        new PlaygroundPlan { Blend = new BlendPlan { Base = baseModel, Adapters = [.. adapters.Select(name => new BlendShare(name.ToString()))] } }.ToAddress();

    public LaneSampling ToSampling() => new()
    {
        MaxTokens = Tokens, Temperature = Temperature, TopP = TopP, TopK = TopK, MinP = MinP, RepetitionPenalty = Penalty, Seed = Seed, Stop = Stop.Length > 0 ? [Stop] : null,
    };

    /// <summary>A base lane, one of each adapter by itself, and one of them all by their weights where that is not one of the others.</summary>
    public IReadOnlyList<PlannedLane> ToLanes()
    {
        var lanes = new List<PlannedLane> { new("base", "Base", Blend.Base ?? "", []) };
        for (var place = 0; place < Blend.Adapters.Count; place++)
        {
            var share = Blend.Adapters[place];
            lanes.Add(new PlannedLane($"adapter {place + 1}", share.Name.Name, share.Reference, [ToLane(share with { Weight = 1, Layers = [] })]));
        }

        if (Blend.Adapters.Count > 1 || Blend.Adapters.Any(share => share.Weight != 1 || share.Layers.Count > 0))
            lanes.Add(new PlannedLane("blend", "Blend", string.Join("  ", Blend.Adapters.Select(share => $"{BlendPlan.Text(share.Weight)} × {share.Name.Name}")), [.. Blend.Adapters.Select(ToLane)]));
        return lanes;
    }

    private static LaneAdapter ToLane(BlendShare share)
    {
        var parts = share.Reference.Split('@', 2);
        return new LaneAdapter(parts[0], share.Weight)
        {
            Revision = parts is [_, var revision] ? revision : null,
            Layers = share.Layers.Count > 0 ? [.. share.Layers.Select(layer => new LaneLayerWeight(layer.Pattern, layer.Weight))] : null,
        };
    }

    /// <summary>Weights and layers alone: lanes apply changes as they are.</summary>
    private static BlendPlan Plain(BlendPlan plan) => new() { Base = plan.Base, Adapters = plan.Adapters };

    private static string Cut(string text) => text.Length <= LongestPrompt ? text : text[..LongestPrompt];

    private static string? Other(double value, double usual) => value == usual ? null : value.ToString("0.####", CultureInfo.InvariantCulture);
}

/// <summary>One column that is to be written.</summary>
/// <param name="Label">What events call it.</param>
/// <param name="Title">What people call it.</param>
/// <param name="About">What it consists of.</param>
public sealed record PlannedLane(string Label, string Title, string About, IReadOnlyList<LaneAdapter> Adapters)
{
    /// <summary>Equal for lanes that would write the same text.</summary>
    public string Signature => string.Join(' ', Adapters.Select(adapter => string.Create(CultureInfo.InvariantCulture,
        $"{adapter.Repository}@{adapter.Revision}:{adapter.Weight}[{string.Join(',', (adapter.Layers ?? []).Select(layer => $"{layer.Pattern}={layer.Weight:R}"))}]")));

    public LaneSetup ToSetup() => new(Label) { Adapters = Adapters };
}
