namespace AdapterHub.Protocol.Runs;

/// <summary>Where the text comes from and how its files are read.</summary>
public sealed record TextSource
{
    /// <summary>Files (.txt, .jsonl, .csv), folders and patterns.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Files for the held-out measurement instead of a share of the training files.</summary>
    public IReadOnlyList<string> EvaluationFiles { get; set; } = [];

    /// <summary>Share of the tokens kept out of training and measured, 0 to 0.5; null is 0.05 where the text is long enough for it.</summary>
    public double? EvaluationFraction { get; init; }

    /// <summary>Field (.jsonl) or column (.csv) that holds running text; null tries "text".</summary>
    public string? TextField { get; init; }

    /// <summary>Field or column of the prompt, which is read but not learnt; null tries "prompt".</summary>
    public string? PromptField { get; init; }

    /// <summary>Field or column of the completion, which is learnt; null tries "completion".</summary>
    public string? CompletionField { get; init; }

    /// <summary>Field of a conversation, of which the assistant's turns are learnt; null tries "messages".</summary>
    public string? MessagesField { get; init; }

    /// <summary>What is one document in a .txt file: "file", "paragraphs" or "separator".</summary>
    public string Split { get; set; } = "file";

    /// <summary>The line that parts documents where the split is "separator".</summary>
    public string Separator { get; set; } = "---";

    /// <summary>The character between two columns of a .csv file.</summary>
    public string CsvDelimiter { get; set; } = ",";
}
