namespace AdapterHub.Engine.Training.Datasets;

/// <summary>One turn of a conversation. <paramref name="Role"/> is system, user, assistant or tool.</summary>
public sealed record ChatMessage(string Role, string Content);

/// <summary>A stretch of a rendered conversation; the model learns to write only what <paramref name="IsTrained"/> marks.</summary>
public sealed record ChatSegment(string Text, bool IsTrained);

/// <summary>What a file said, before tokenisation, and where it said it.</summary>
public abstract record DatasetRecord(string Path, long Line);

/// <summary>Plain text, all of it trained. A large file comes in several parts of one document.</summary>
public sealed record TextRecord(string Path, long Line, string Text, RowFit Fit) : DatasetRecord(Path, Line)
{
    public bool StartsDocument { get; init; } = true;

    public bool EndsDocument { get; init; } = true;
}

/// <summary>A prompt, not trained, and the completion that is.</summary>
public sealed record CompletionRecord(string Path, long Line, string Prompt, string Completion) : DatasetRecord(Path, Line);

/// <summary>A conversation; the assistant's turns are trained.</summary>
public sealed record ChatRecord(string Path, long Line, IReadOnlyList<ChatMessage> Messages) : DatasetRecord(Path, Line);
