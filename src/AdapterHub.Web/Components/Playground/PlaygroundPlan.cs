using AdapterHub.Catalog.Repositories;
using AdapterHub.Protocol.Inference;
using AdapterHub.Web.Components.Blending;

namespace AdapterHub.Web.Components.Playground;

/// <summary>
/// Everything that the playground shows, as its address has it (<see cref="PlaygroundAddress"/>): base, adapters, weights and layers as on the page of
/// blends, the weights of a second blend, then the prompt or the conversation, and how tokens are drawn. What the address leaves out is usual.
/// </summary>
public sealed record PlaygroundPlan
{
    public const string Path = "/playground";
    public const int UsualTokens = 80;
    public const int MostTokens = 1024;
    public const int LongestPrompt = 6000;
    public const int MostTurns = 30;

    /// <summary>Base, adapters with weights, layers.</summary>
    public BlendPlan Blend { get; init; } = new();

    /// <summary>The same adapters with the weights of a second blend; null while there is none.</summary>
    public IReadOnlyList<BlendShare>? Second { get; init; }

    /// <summary>The text to be continued, or the next message of a chat while it is typed.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>Messages are answered instead of a text continued.</summary>
    public bool IsChat { get; init; }

    /// <summary>What stands before the conversation; empty for nothing.</summary>
    public string System { get; init; } = "";

    /// <summary>The messages so far. Answers are each lane's own and not part of the plan.</summary>
    public IReadOnlyList<ChatTurn> Turns { get; init; } = [];

    /// <summary>Weights keep their sum: what one gains the others lose.</summary>
    public bool HasFixedTotal { get; init; }

    public int Tokens { get; init; } = UsualTokens;

    public double Temperature { get; init; } = 0.8;

    public double TopP { get; init; } = 0.95;

    public int TopK { get; init; }

    public double MinP { get; init; }

    public double Penalty { get; init; } = 1;

    public long Seed { get; init; }

    /// <summary>A text at which every lane ends; empty for none.</summary>
    public string Stop { get; init; } = "";

    /// <summary>A grid of blends in the place of the lanes; null for lanes.</summary>
    public GridPlan? Grid { get; init; }

    /// <summary>A pasted text whose perplexity is measured.</summary>
    public string MeasuredText { get; init; } = "";

    /// <summary>The dataset whose beginning is measured instead, <c>owner/name</c>; null for the pasted text.</summary>
    public string? MeasuredFrom { get; init; }

    /// <summary>What is asked now: the prompt, or the last message of the chat.</summary>
    public string Question => !IsChat ? Prompt : Turns is [.., var last] ? last.Text : "";

    /// <summary>Whether there is anything to be written.</summary>
    public bool HasQuestion => IsChat ? Turns.Count > 0 : Prompt.Length > 0;

    /// <summary>The playground with these adapters of a base model, a page's link.</summary>
    public static string AddressOf(string? baseModel, params IReadOnlyList<RepositoryName> adapters) =>
        AddressOf(new BlendPlan { Base = baseModel, Adapters = [.. adapters.Select(name => new BlendShare(name.ToString()))] });

    /// <summary>The playground with a blend's adapters, weights and layers. Lanes apply changes as they are: the method stays behind.</summary>
    public static string AddressOf(BlendPlan blend)
    {
        ArgumentNullException.ThrowIfNull(blend);
        return new PlaygroundPlan { Blend = new BlendPlan { Base = blend.Base, Adapters = blend.Adapters } }.ToAddress();
    }

    public static PlaygroundPlan Parse(string query) => PlaygroundAddress.Parse(query);

    /// <summary>The page's address with this plan.</summary>
    public string ToAddress() => PlaygroundAddress.Write(this);

    /// <summary>Whether the address holds the texts too: very long ones would make it too long to be opened.</summary>
    public bool FitsAddress => PlaygroundAddress.Fits(this);

    /// <summary>The same plan with other adapters or weights. A second blend keeps the weights of the adapters that stay.</summary>
    public PlaygroundPlan WithBlend(BlendPlan blend)
    {
        ArgumentNullException.ThrowIfNull(blend);
        return this with
        {
            Blend = blend,
            Second = Second is null || blend.Adapters.Count == 0 ? null : [.. blend.Adapters.Select(share => Second.FirstOrDefault(other => other.Reference == share.Reference) ?? share)],
        };
    }

    public LaneSampling ToSampling() => new()
    {
        MaxTokens = Tokens, Temperature = Temperature, TopP = TopP, TopK = TopK, MinP = MinP, RepetitionPenalty = Penalty, Seed = Seed, Stop = Stop.Length > 0 ? [Stop] : null,
    };

    /// <summary>A base lane, one of each adapter by itself, one of them all by their weights where that is not one of the others, and the second blend.</summary>
    public IReadOnlyList<PlannedLane> ToLanes()
    {
        var lanes = new List<PlannedLane> { new(PlannedLane.Base, "Base", Blend.Base ?? "", []) };
        for (var place = 0; place < Blend.Adapters.Count; place++)
        {
            var share = Blend.Adapters[place];
            lanes.Add(new PlannedLane($"adapter {place + 1}", share.Name.Name, share.Reference, [ToLane(share with { Weight = 1, Layers = [], Curve = null })]));
        }

        if (Blend.Adapters.Count > 1 || Second is not null || Blend.Adapters.Any(share => share.Weight != 1 || share.Rules.Count > 0))
            lanes.Add(ToBlend(PlannedLane.Blend, Second is null ? "Blend" : "Blend A", Blend.Adapters));
        if (Second is not null)
            lanes.Add(ToBlend(PlannedLane.Second, "Blend B", Second));
        return lanes;
    }

    /// <summary>The adapter's part in a lane.</summary>
    public static LaneAdapter ToLane(BlendShare share)
    {
        ArgumentNullException.ThrowIfNull(share);
        var parts = share.Reference.Split('@', 2);
        var rules = share.Rules;
        return new LaneAdapter(parts[0], share.Weight)
        {
            Revision = parts is [_, var revision] ? revision : null,
            Layers = rules.Count > 0 ? [.. rules.Select(layer => new LaneLayerWeight(layer.Pattern, layer.Weight))] : null,
        };
    }

    private static PlannedLane ToBlend(string label, string title, IReadOnlyList<BlendShare> shares) =>
        new(label, title, string.Join("  ", shares.Select(share => $"{BlendPlan.Text(share.Weight)} × {share.Name.Name}{(share.Rules.Count > 0 ? "*" : "")}")), [.. shares.Select(ToLane)]);
}

/// <summary>One message of a chat.</summary>
/// <param name="Again">How often its answers were asked for anew: each time is drawn by another seed.</param>
public sealed record ChatTurn(string Text, int Again = 0);
