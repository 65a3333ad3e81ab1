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

/// <summary>An earlier message of a chat with what one lane answered.</summary>
/// <param name="Key">Of the question, with all before it.</param>
public sealed record PastTurn(string Key, string Question, string Answer);

/// <summary>What one lane has written so far.</summary>
public sealed class LaneColumn(PlannedLane planned)
{
    public PlannedLane Planned { get; set; } = planned;

    /// <summary>The chat before the last message, with this lane's own answers.</summary>
    public List<PastTurn> Past { get; } = [];

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

    /// <summary>The text was taken from the history and has no tokens.</summary>
    public bool IsRestored { get; private set; }

    /// <summary>Of the text that was measured last; null where none was.</summary>
    public double? Perplexity { get; set; }

    /// <summary>For whom the text was written: prompt, settings and adapters.</summary>
    public string? Signature { get; set; }

    /// <summary>The message of a chat that the text answers; null for a prompt.</summary>
    public string? Question { get; private set; }

    private string? QuestionKey { get; set; }

    public string Text => string.Concat(Tokens.Select(token => token.Made.Text)) + Rest;

    /// <summary>The text with the chat before it.</summary>
    public string Transcript => Past.Count == 0 ? Text.Trim() : string.Join("\n\n", Past.SelectMany(past => new[] { $"> {past.Question}", past.Answer.Trim() }).Concat([$"> {Question}", Text.Trim()]));

    public bool IsComplete => End is not (null or LaneEnd.Failed) && !IsStale && !IsWriting;

    /// <summary>The text of before stays until there is a new one, that of another message of a chat does not.</summary>
    internal void Begin(LaneQuestion question)
    {
        var asked = question.Turn < 0 ? null : question.Key;
        if (asked != QuestionKey)
            Clear();
        (Question, QuestionKey) = (question.Turn < 0 ? null : question.Plan.Turns[question.Turn].Text, asked);
        (IsStale, IsWriting, Signature, Message) = (true, true, question.Signature + Planned.Signature, null);
    }

    /// <summary>Whether an earlier message of the chat has been answered here. What was written last becomes the past once the chat has gone on.</summary>
    internal bool Knows(LaneQuestion earlier)
    {
        var turn = earlier.Turn;
        if (Past.Count > turn && Past[turn].Key == earlier.Key)
            return true;
        Past.RemoveRange(Math.Min(turn, Past.Count), Math.Max(0, Past.Count - turn));
        if (QuestionKey != earlier.Key || IsStale || End == LaneEnd.Failed || (End is null && Text.Length == 0))
            return false;
        Past.Add(new PastTurn(earlier.Key, Question!, Text));
        return true;
    }

    /// <summary>Forgets what a chat has after a turn.</summary>
    internal void KeepPast(int turns)
    {
        if (Past.Count > Math.Max(0, turns))
            Past.RemoveRange(Math.Max(0, turns), Past.Count - Math.Max(0, turns));
    }

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

    /// <summary>Shows a text of the history.</summary>
    public void Restore(string text)
    {
        Clear();
        Past.Clear();
        (Question, QuestionKey) = (null, null);
        (Rest, IsRestored, Signature) = (text, true, null);
    }

    private void Clear()
    {
        Tokens.Clear();
        (Rest, End, IsStale, IsRestored) = ("", null, false, false);
    }
}
