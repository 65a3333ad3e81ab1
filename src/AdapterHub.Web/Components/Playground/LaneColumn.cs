using AdapterHub.Protocol.Inference;

namespace AdapterHub.Web.Components.Playground;

/// <summary>One token that a lane wrote.</summary>
/// <param name="Made">As it came.</param>
/// <param name="InBase">What the base model thinks of the same token after the same text; null until it was asked.</param>
public sealed record WrittenToken(LaneToken Made, LaneScore? InBase = null)
{
    /// <summary>ln p here less ln p in the base: above 0, the lane wants the token more than the base does.</summary>
    public double? Gain => Made.LogProbability - InBase?.LogProbability;
}

/// <summary>What one lane has written so far.</summary>
public sealed class LaneColumn(PlannedLane planned)
{
    public PlannedLane Planned { get; set; } = planned;

    public List<WrittenToken> Tokens { get; } = [];

    /// <summary>What was held back until the end.</summary>
    public string Rest { get; set; } = "";

    public LaneEnd? End { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Message { get; set; }

    /// <summary>The text is of an earlier question and stays, dimmed, until the first new token.</summary>
    public bool IsStale { get; set; }

    /// <summary>Tokens are on their way.</summary>
    public bool IsWriting { get; set; }

    /// <summary>Of the text that was measured last; null where none was.</summary>
    public double? Perplexity { get; set; }

    /// <summary>For whom the text was written: prompt, settings and adapters.</summary>
    public string? Signature { get; set; }

    public string Text => string.Concat(Tokens.Select(token => token.Made.Text)) + Rest;

    public bool IsComplete => End is not (null or LaneEnd.Failed) && !IsStale && !IsWriting;

    /// <summary>The text of before stays until there is a new one.</summary>
    public void Begin(string signature) => (IsStale, IsWriting, Signature, Message) = (true, true, signature, null);

    public void Add(LaneToken token)
    {
        if (IsStale)
            Clear();
        Tokens.Add(new WrittenToken(token));
    }

    public void Finish(LaneEnded ended)
    {
        if (IsStale && ended.End != LaneEnd.Failed)
            Clear();
        (End, Rest, Message, IsWriting) = (ended.End, ended.Text, ended.Message, false);
    }

    private void Clear()
    {
        Tokens.Clear();
        (Rest, End, IsStale) = ("", null, false);
    }
}
