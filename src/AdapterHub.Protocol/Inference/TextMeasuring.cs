using AdapterHub.Protocol.Runs;

namespace AdapterHub.Protocol.Inference;

/// <summary>Asks the engine process what a text is to a base model's tokenizer; no weights are read for it.</summary>
public sealed record EngineTextRequest
{
    public required EngineSource Base { get; init; }

    /// <summary>The files, by names whose endings say how they are read; or else <see cref="Text"/>.</summary>
    public EngineSource? Files { get; init; }

    /// <summary>A text itself, read like a .txt file.</summary>
    public string? Text { get; init; }

    /// <summary>How files become documents; its list of files is of no matter.</summary>
    public required TextSource Reading { get; init; }

    /// <summary>How many of the first documents come with their tokens, 0 to 20.</summary>
    public int Rows { get; init; }
}

/// <summary>The beginning of a document as the tokenizer sees it.</summary>
/// <param name="Tokens">Of the whole document.</param>
/// <param name="Pieces">The first of them; bytes that are no whole character become U+FFFD.</param>
/// <param name="Learnt">How many of the pieces from the end are learnt: those before them are a prompt.</param>
public sealed record MeasuredRow(int Tokens, IReadOnlyList<string> Pieces, int Learnt);

/// <summary>A text in tokens of one base model.</summary>
/// <param name="Tokens">Counted where <paramref name="IsWhole"/>, else from samples spread over the text.</param>
/// <param name="Documents">Read to the end where <paramref name="IsWhole"/>, else so many as were seen.</param>
/// <param name="Lengths">Tokens of documents that may not be cut, at most some hundreds, spread over the text.</param>
public sealed record TextMeasured(long Tokens, long Documents, bool IsWhole, IReadOnlyList<int> Lengths, IReadOnlyList<MeasuredRow> Rows);
