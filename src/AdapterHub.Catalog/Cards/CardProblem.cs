namespace AdapterHub.Catalog.Cards;

/// <summary>How much a problem of a card matters.</summary>
public enum CardSeverity
{
    /// <summary>The card can be used; something in it is probably not what its author meant.</summary>
    Warning,

    /// <summary>A part of the card cannot be used.</summary>
    Error,
}

/// <summary>One thing that is wrong with a card, in words for its author.</summary>
/// <param name="Severity">An error costs a part of the card.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Line">The line of README.md, from 1; null where none can be named.</param>
/// <param name="Key">The key of the front matter that it concerns.</param>
public sealed record CardProblem(CardSeverity Severity, string Message, int? Line = null, string? Key = null)
{
    /// <summary>The message with its line.</summary>
    public override string ToString() => Line is { } line ? $"Line {line}: {Message}" : Message;
}
