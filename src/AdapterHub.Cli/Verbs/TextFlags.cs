using System.CommandLine;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Verbs;

/// <summary>Flags for text and how its files are read.</summary>
/// <param name="files">The flag that names the files; --data, required, if null.</param>
internal sealed class TextFlags(Option<string[]>? files = null)
{
    private readonly Option<string[]> _files = files
        ?? Flag.Many("--data", "FILE", "text to read: .txt, .jsonl or .csv files, folders, or patterns in quotes", manyPerFlag: true, required: true);

    private readonly Option<string[]> _evaluationFiles =
        Flag.Many("--eval-data", "FILE", "held-out text to measure instead of a share of --data", manyPerFlag: true);

    private readonly Option<double?> _evaluationFraction =
        Flag.Number<double>("--eval-fraction", "SHARE", "share of the text that is measured and not learnt, 0 to 0.5 (default: 0.05 where the text is long enough)");

    private readonly Option<string?> _text = Flag.Text("--text-field", "NAME", "field of .jsonl with running text (default: text)");
    private readonly Option<string?> _column = Flag.Text("--text-column", "NAME", "the same for a column of .csv (default: text)");
    private readonly Option<string?> _prompt = Flag.Text("--prompt-field", "NAME", "field or column of the prompt, read but not learnt (default: prompt)");
    private readonly Option<string?> _completion = Flag.Text("--completion-field", "NAME", "field or column of the completion, which is learnt (default: completion)");
    private readonly Option<string?> _messages = Flag.Text("--messages-field", "NAME", "field of a conversation; the assistant's turns are learnt (default: messages)");
    private readonly Option<string> _split =
        Flag.Choice("--split", "what one document of a .txt file is", Defaults.Split, "file", "paragraphs", "separator");

    private readonly Option<string> _separator = Flag.Text("--separator", "LINE", "the line between documents, for --split separator", Defaults.Separator);
    private readonly Option<string> _delimiter = Flag.Text("--csv-delimiter", "CHAR", "the character between columns of .csv", Defaults.CsvDelimiter);

    private static TextSource Defaults { get; } = new() { Files = [] };

    public FlagGroup Group => new("Data", [_files, _text, _column, _prompt, _completion, _messages, _split, _separator, _delimiter]);

    public FlagGroup GroupWithHeldOut => new("Data", [_files, _evaluationFraction, _evaluationFiles, .. Group.Flags.Skip(1)]);

    public TextSource Read(Invocation invocation) => new()
    {
        Files = invocation.Get(_files),
        EvaluationFiles = invocation.Parse.GetResult(_evaluationFiles) is null ? [] : invocation.Get(_evaluationFiles),
        EvaluationFraction = invocation.Parse.GetResult(_evaluationFraction) is null ? null : invocation.Get(_evaluationFraction),
        TextField = invocation.Get(_text) ?? invocation.Get(_column),
        PromptField = invocation.Get(_prompt),
        CompletionField = invocation.Get(_completion),
        MessagesField = invocation.Get(_messages),
        Split = invocation.Get(_split).ToLowerInvariant(),
        Separator = invocation.Get(_separator),
        CsvDelimiter = invocation.Get(_delimiter) is "\\t" ? "\t" : invocation.Get(_delimiter),
    };
}
