using System.Globalization;
using AdapterHub.Protocol.Inference;
using AdapterHub.Web.Components.Blending;

namespace AdapterHub.Web.Components.Playground;

/// <summary>One cell of the grid. In a chat it has answers of its own behind it, as a lane has.</summary>
public sealed class GridCell(int row, int column, IReadOnlyList<BlendShare> shares)
{
    private readonly PlannedLane _lane = new(string.Create(CultureInfo.InvariantCulture, $"cell {row} {column}"), "", "", [.. shares.Select(PlaygroundPlan.ToLane)]);

    public int Row { get; } = row;

    public int Column { get; } = column;

    public IReadOnlyList<BlendShare> Shares { get; } = shares;

    public string Label => _lane.Label;

    /// <summary>Equal for cells of the same blend.</summary>
    internal string Signature => _lane.Signature;

    /// <summary>The chat before the last message.</summary>
    public List<PastTurn> Past { get; } = [];

    /// <summary>The last message with the whole answer; null for a prompt, and until it is written.</summary>
    public PastTurn? Answer { get; private set; }

    /// <summary>It has ended, by itself or at the limit.</summary>
    public bool IsWhole { get; private set; }

    public List<int> Tokens { get; } = [];

    public string Text { get; set; } = "";

    /// <summary>By the grid's metric; null until it is known.</summary>
    public double? Value { get; set; }

    /// <summary>What is asked for: the last message with the answers before it.</summary>
    internal LaneSetup ToSetup(LaneQuestion question) => ToSetup() with { Messages = question.MessagesFor(Past) };

    /// <summary>Without any question.</summary>
    internal LaneSetup ToSetup() => _lane.ToSetup();

    public void Empty()
    {
        Tokens.Clear();
        (Text, Value, Answer, IsWhole) = ("", null, null, false);
    }

    /// <summary>Takes over what a cell of the same blend has of the conversation, whatever is asked now: each message is known by its key.</summary>
    internal void Follow(GridCell before)
    {
        Past.AddRange(before.Past);
        if (before.Answer is { } answer)
            Past.Add(answer);
    }

    /// <summary>Whether an earlier message is answered here. What comes after one that is not was said to other answers, so it goes.</summary>
    internal bool Knows(LaneQuestion earlier)
    {
        if (Past.Count > earlier.Turn && Past[earlier.Turn].Key == earlier.Key)
            return true;
        KeepPast(earlier.Turn);
        return false;
    }

    /// <summary>The answer is whole.</summary>
    internal void Finish(LaneQuestion question)
    {
        IsWhole = true;
        if (question.Turn < 0)
            return;
        KeepPast(question.Turn);
        Answer = new PastTurn(question.Key, question.Plan.Turns[question.Turn].Text, Text);
    }

    /// <summary>What was answered becomes the past of what is asked next.</summary>
    internal void GoOn()
    {
        Past.Add(Answer!);
        Empty();
    }

    private void KeepPast(int turns) => Past.RemoveRange(Math.Min(turns, Past.Count), Math.Max(0, Past.Count - turns));
}
