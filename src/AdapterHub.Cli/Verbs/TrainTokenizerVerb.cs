using System.CommandLine;
using System.Diagnostics;
using AdapterHub.Cli.Output;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>A byte-level BPE tokenizer from text.</summary>
internal sealed class TrainTokenizerVerb() : Verb("train-tokenizer", "makes a byte-level BPE tokenizer.json from text files")
{
    private static readonly BpeTrainerOptions Defaults = new();
    private readonly Option<int> _vocabulary = Flag.Number("--vocab", "N", "tokens in the vocabulary, special tokens and the 256 bytes included", Defaults.VocabularySize);
    private readonly Option<int> _frequency = Flag.Number("--min-frequency", "N", "a pair that occurs less often is not merged", Defaults.MinimumFrequency);
    private readonly Option<string[]> _special =
        Flag.Many("--special", "TOKEN", $"special token; may be repeated (default: {string.Join(' ', Defaults.SpecialTokens)})");

    private readonly Option<string> _digits = Flag.Choice("--digits", "how many digits one token may hold", "1", "1", "3");
    private readonly Option<string> _output = Flag.Required("--out", "FILE", "tokenizer.json to write");
    private readonly Option<bool> _overwrite = Flag.Switch("--overwrite", "replace a file that is there already");
    private readonly TextFlags _text = new();

    public override IReadOnlyList<FlagGroup> Groups => [new("Tokenizer", [_output, _vocabulary, _frequency, _special, _digits, _overwrite]), _text.Group];

    public override IReadOnlyList<string> Examples => ["adapterhub train-tokenizer --data corpus/ --vocab 8192 --out tokenizer.json"];

    protected override Task<int> RunAsync(Invocation invocation)
    {
        var start = Stopwatch.GetTimestamp();
        var (path, options) = (invocation.Get(_output), ReadOptions(invocation));
        if (Directory.Exists(path))
            throw new RunInputException($"--out {path}: that is a folder; give a file such as {Path.Combine(path, "tokenizer.json")}.");
        if (File.Exists(path) && !invocation.Get(_overwrite))
            throw new RunInputException($"--out {path}: the file is there already. Give another --out, or --overwrite.");
        var source = _text.Read(invocation);
        var reader = new DatasetReader(source.Files, new DatasetOptions
        {
            Fields = new FieldNames(source.TextField, source.PromptField, source.CompletionField, source.MessagesField),
            CsvDelimiter = source.CsvDelimiter is { Length: 1 } ? source.CsvDelimiter[0] : throw new RunInputException("--csv-delimiter must be one character."),
        });
        var tokenizer = BpeTrainer.Train(reader.ReadRecords().SelectMany(Texts), options, cancellation: invocation.Stop);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        tokenizer.Save(path);

        var made = new TrainedTokenizer(path, tokenizer.VocabularySize, new FileInfo(path).Length, Stopwatch.GetElapsedTime(start).TotalSeconds);
        if (invocation.IsJson)
            invocation.WriteJson(made);
        else
            invocation.Terminal.WritePairs([("tokenizer", $"{path} ({Words.Bytes(made.Bytes)})"), ("vocabulary", Words.Count(made.Vocabulary)), ("time", Words.Duration(made.Seconds))]);
        if (made.Vocabulary < options.VocabularySize)
            invocation.Terminal.WriteError($"the text holds too few pairs for {options.VocabularySize} tokens; the vocabulary has {made.Vocabulary}.");
        return Task.FromResult(ExitCode.Ok);
    }

    private BpeTrainerOptions ReadOptions(Invocation invocation)
    {
        var options = new BpeTrainerOptions
        {
            VocabularySize = invocation.Get(_vocabulary),
            MinimumFrequency = invocation.Get(_frequency),
            SpecialTokens = invocation.Parse.GetResult(_special) is null ? Defaults.SpecialTokens : invocation.Get(_special),
            Digits = invocation.Get(_digits) == "3" ? DigitGrouping.UpToThree : DigitGrouping.Single,
        };
        var least = options.SpecialTokens.Count + 256;
        if (options.VocabularySize < least)
            throw new RunInputException($"--vocab must be at least {least}, for the bytes and the special tokens; it is {options.VocabularySize}.");
        if (options.MinimumFrequency < 1)
            throw new RunInputException($"--min-frequency must be at least 1; it is {options.MinimumFrequency}.");
        if (options.SpecialTokens.Any(token => token.Length == 0) || options.SpecialTokens.Distinct(StringComparer.Ordinal).Count() < options.SpecialTokens.Count)
            throw new RunInputException("--special tokens must not be empty and must differ from one another.");
        return options;
    }

    private static IEnumerable<string> Texts(DatasetRecord record) => record switch
    {
        TextRecord text => [text.Text],
        CompletionRecord pair => [pair.Prompt, pair.Completion],
        ChatRecord chat => chat.Messages.Select(message => message.Content),
        _ => [],
    };
}

/// <summary>A new tokenizer as JSON.</summary>
internal sealed record TrainedTokenizer(string Path, int Vocabulary, long Bytes, double Seconds);
