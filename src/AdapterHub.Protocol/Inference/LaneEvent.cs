using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Inference;

/// <summary>What happens in a set of lanes, in order; one JSON object a line.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(LanesQueued), "queued")]
[JsonDerivedType(typeof(LanesStarted), "started")]
[JsonDerivedType(typeof(LaneToken), "token")]
[JsonDerivedType(typeof(LaneScored), "scored")]
[JsonDerivedType(typeof(LaneEnded), "ended")]
[JsonDerivedType(typeof(LanesDone), "done")]
[JsonDerivedType(typeof(LanesFailed), "failed")]
public abstract record LaneEvent;

/// <summary>Others are before this request.</summary>
/// <param name="Ahead">Requests that wait before it.</param>
public sealed record LanesQueued(int Ahead) : LaneEvent;

/// <summary>The lanes are being worked on.</summary>
/// <param name="PromptTokens">Tokens of the prompt or the text; of the longest where lanes have conversations of their own.</param>
public sealed record LanesStarted(int PromptTokens) : LaneEvent;

/// <summary>A token that could have stood in a place.</summary>
/// <param name="Id">Its number in the vocabulary.</param>
/// <param name="Text">As it would be shown; bytes that are no whole character become U+FFFD.</param>
/// <param name="LogProbability">Natural logarithm of the model's own probability, before temperature and the other settings.</param>
public sealed record LaneAlternative(int Id, string Text, double LogProbability);

/// <summary>The next token of a lane.</summary>
/// <param name="Lane">Its label.</param>
/// <param name="Id">Its number in the vocabulary.</param>
/// <param name="Token">The token by itself; bytes that are no whole character become U+FFFD.</param>
/// <param name="Text">
/// What the lane's text grows by: whole characters only, and nothing of what may still become a stop text. All of them together are the answer.
/// </param>
/// <param name="LogProbability">Natural logarithm of the model's own probability, before temperature and the other settings.</param>
public sealed record LaneToken(string Lane, int Id, string Token, string Text, double LogProbability) : LaneEvent
{
    /// <summary>The most probable tokens here, best first, as many as were asked for.</summary>
    public IReadOnlyList<LaneAlternative> Alternatives { get; init; } = [];
}

/// <summary>A token of a text with what a lane thinks of it.</summary>
/// <param name="LogProbability">Null for the first token, before which nothing stands.</param>
public sealed record LaneScore(int Id, string Token, double? LogProbability = null)
{
    public IReadOnlyList<LaneAlternative> Alternatives { get; init; } = [];
}

/// <summary>How probable a text is in a lane.</summary>
/// <param name="Lane">Its label.</param>
/// <param name="Tokens">Every token of the text.</param>
/// <param name="LogProbability">Sum over all tokens but the first.</param>
/// <param name="Perplexity">e to the mean of the negative log-probabilities.</param>
public sealed record LaneScored(string Lane, IReadOnlyList<LaneScore> Tokens, double LogProbability, double Perplexity) : LaneEvent;

/// <summary>Why a lane ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LaneEnd>))]
public enum LaneEnd
{
    /// <summary>The model ended its text.</summary>
    [JsonStringEnumMemberName("end")]
    End,

    /// <summary>One of the stop texts came, which is not part of the answer.</summary>
    [JsonStringEnumMemberName("stop")]
    Stop,

    /// <summary>As many tokens as were asked for.</summary>
    [JsonStringEnumMemberName("length")]
    Length,

    /// <summary>The model's context is full.</summary>
    [JsonStringEnumMemberName("context")]
    Context,

    /// <summary>A text has been scored.</summary>
    [JsonStringEnumMemberName("scored")]
    Scored,

    /// <summary>The engine stopped or the lane could not go on.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>A lane is complete.</summary>
/// <param name="Lane">Its label.</param>
/// <param name="Tokens">Tokens made.</param>
/// <param name="Text">The last of its text, which was held back until now; often empty.</param>
public sealed record LaneEnded(string Lane, LaneEnd End, int Tokens, string Text = "") : LaneEvent
{
    /// <summary>Why it failed, for people.</summary>
    public string? Message { get; init; }
}

/// <summary>All lanes have ended; the last event of a request that was carried out.</summary>
/// <param name="Milliseconds">From the request's arrival at the engine to its end.</param>
/// <param name="FirstTokenMilliseconds">To the first new token; null where none came.</param>
public sealed record LanesDone(double Milliseconds, double? FirstTokenMilliseconds = null) : LaneEvent;

/// <summary>Why nothing more comes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LanesFault>))]
public enum LanesFault
{
    /// <summary>The request or a file is at fault.</summary>
    [JsonStringEnumMemberName("input")]
    Input,

    /// <summary>Too many wait already; trying again later helps.</summary>
    [JsonStringEnumMemberName("busy")]
    Busy,

    /// <summary>The engine stopped; the next request starts it again.</summary>
    [JsonStringEnumMemberName("engine")]
    Engine,
}

/// <summary>The request ends here without being complete; the last event.</summary>
/// <param name="Message">For people.</param>
public sealed record LanesFailed(LanesFault Fault, string Message) : LaneEvent;
