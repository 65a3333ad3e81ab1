using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Inference;

/// <summary>How the next token is drawn; the same in every lane, so that lanes differ by their adapters alone.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LaneSampling
{
    /// <summary>1 to 32768.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>0 takes the most probable token; null is 0.8.</summary>
    public double? Temperature { get; init; }

    /// <summary>Only the k most probable tokens; null or 0 for all.</summary>
    public int? TopK { get; init; }

    /// <summary>Only the smallest set of tokens whose probabilities reach p; null is 0.95.</summary>
    public double? TopP { get; init; }

    /// <summary>Only tokens at least this share as probable as the best one; null or 0 for all.</summary>
    public double? MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens already present; null or 1 changes nothing.</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary>Equal seeds draw equally; null is 0.</summary>
    public long? Seed { get; init; }

    /// <summary>Texts at which a lane ends; at most 16.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>Goes on past the model's own end.</summary>
    public bool? IgnoreEnd { get; init; }
}

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">"system", "user" or "assistant".</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LaneMessage(string Role, string Content);

/// <summary>Another weight in some layers.</summary>
/// <param name="Pattern">A part of the layers' dotted path, such as "layers.0-7.mlp" or "q_proj"; the first that matches decides a layer.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LaneLayerWeight(string Pattern, double Weight);
