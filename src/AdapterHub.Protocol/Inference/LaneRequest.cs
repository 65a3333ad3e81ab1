using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Inference;

/// <summary>An adapter of the hub in a lane.</summary>
/// <param name="Repository">Its full name, "owner/name"; or a checkpoint of a run that the caller may act on, "run:17@400" for its step 400.</param>
/// <param name="Weight">How often its change counts, -100 to 100; null is 1.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LaneAdapter(string Repository, double? Weight = null)
{
    /// <summary>A branch, a tag or a commit; null for the default branch.</summary>
    public string? Revision { get; init; }

    /// <summary>Layers with a weight of their own.</summary>
    public IReadOnlyList<LaneLayerWeight>? Layers { get; init; }
}

/// <summary>One column of answers: the base model with these adapters, or the base alone.</summary>
/// <param name="Label">What events call it; different in every lane of a request.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LaneSetup(string Label)
{
    public IReadOnlyList<LaneAdapter>? Adapters { get; init; }

    /// <summary>A conversation of this lane's own instead of the request's, so that each lane can go on from its own answers.</summary>
    public IReadOnlyList<LaneMessage>? Messages { get; init; }
}

/// <summary>What all lanes of a request have in common.</summary>
public abstract record LaneWork
{
    /// <summary>The base model's full name; null takes the one that the first adapter declares.</summary>
    public string? Base { get; init; }

    /// <summary>Of the base model; null for the default branch.</summary>
    public string? BaseRevision { get; init; }

    /// <summary>1 to 16.</summary>
    public required IReadOnlyList<LaneSetup> Lanes { get; init; }

    /// <summary>How many of the most probable tokens come with each token, 0 to 20.</summary>
    public int? Alternatives { get; init; }
}

/// <summary>Asks for an answer in every lane at once.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LaneRequest : LaneWork
{
    /// <summary>Text to be continued; or else <see cref="Messages"/>.</summary>
    public string? Prompt { get; init; }

    /// <summary>A conversation, of which the next turn is the assistant's.</summary>
    public IReadOnlyList<LaneMessage>? Messages { get; init; }

    public LaneSampling? Sampling { get; init; }
}

/// <summary>Asks how probable a text is in every lane: either a whole text, or what stands after a prompt or a conversation.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LaneScoring : LaneWork
{
    /// <summary>A whole text; or else <see cref="Continuation"/>.</summary>
    public string? Text { get; init; }

    /// <summary>
    /// Numbers of the tokens after <see cref="Prompt"/> or <see cref="Messages"/>, as a lane made them: what one lane wrote is scored in another, token by token.
    /// Scores are of these tokens alone.
    /// </summary>
    public IReadOnlyList<int>? Continuation { get; init; }

    /// <summary>What a continuation stands after; or else <see cref="Messages"/>.</summary>
    public string? Prompt { get; init; }

    public IReadOnlyList<LaneMessage>? Messages { get; init; }
}
