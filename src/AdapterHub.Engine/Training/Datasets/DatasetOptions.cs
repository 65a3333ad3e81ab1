namespace AdapterHub.Engine.Training.Datasets;

/// <summary>What is one document in a <c>.txt</c> file.</summary>
public enum TextSplit
{
    /// <summary>The file is one document, cut into rows anywhere.</summary>
    WholeFile,

    /// <summary>Paragraphs (parted by blank lines), grouped up to <see cref="DatasetOptions.ParagraphCharacters"/>.</summary>
    Paragraphs,

    /// <summary>A line equal to <see cref="DatasetOptions.Separator"/> ends a document.</summary>
    SeparatorLine,
}

/// <summary>
/// Names of the fields (<c>.jsonl</c>) or columns (<c>.csv</c>) to read. With all null the usual names are tried: "text", "prompt" with "completion",
/// "messages". As soon as one is given, only what is given counts; of prompt and completion the one not given keeps its usual name.
/// </summary>
public sealed record FieldNames(string? Text = null, string? Prompt = null, string? Completion = null, string? Messages = null)
{
    private bool NoneGiven => Text is null && Prompt is null && Completion is null && Messages is null;

    internal string? TextOrDefault => Text ?? (NoneGiven ? "text" : null);

    internal string? MessagesOrDefault => Messages ?? (NoneGiven ? "messages" : null);

    internal (string Prompt, string Completion)? PairOrDefault =>
        Prompt is not null || Completion is not null || NoneGiven ? (Prompt ?? "prompt", Completion ?? "completion") : null;
}

/// <summary>How files become examples.</summary>
public sealed record DatasetOptions
{
    public TextSplit Split { get; init; } = TextSplit.WholeFile;

    /// <summary>For <see cref="TextSplit.SeparatorLine"/>; compared with the line without the white space at its end.</summary>
    public string Separator { get; init; } = "---";

    /// <summary>For <see cref="TextSplit.Paragraphs"/>: a document is closed before the paragraph that would take it past this many UTF-16 units.</summary>
    public int ParagraphCharacters { get; init; } = 2000;

    public FieldNames Fields { get; init; } = new();

    public char CsvDelimiter { get; init; } = ',';
}
