using System.Security.Cryptography;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Text;

/// <summary>Text files as token documents, read as a <see cref="TextSource"/> says.</summary>
internal sealed class TextCorpus
{
    /// <summary>Names under which tokenizers know the token that ends a text, for models whose config names none.</summary>
    private static readonly string[] EndNames = ["<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>"];

    private readonly ExampleEncoder _encoder;
    private readonly string _chat;
    private readonly DatasetOptions _options;
    private readonly RunLog _log;

    public TextCorpus(Tokenizer tokenizer, string tokenizerPath, int? endOfText, TextSource source, RunLog log)
    {
        _log = log;
        var settings = TokenizerSettings.Read(Path.GetDirectoryName(Path.GetFullPath(tokenizerPath))!);
        var knowsChat = settings.ChatTemplate is not null || tokenizer.FindTokenId("<|im_start|>") is not null;
        _chat = knowsChat ? settings.ChatTemplate ?? ChatFormat.ChatMl.Name : "";
        // Which format it is matters only to data with conversations, so a template that is not supported stops no other.
        var format = new Lazy<ChatFormat>(() => ChatFormat.For(settings));
        var encoder = new TokenEncoder(
            (text, addSpecialTokens) => tokenizer.Encode(text, addSpecialTokens), tokenizer.VocabularySize, endOfText,
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(tokenizerPath))));
        _encoder = new ExampleEncoder(encoder, knowsChat ? messages => format.Value.RenderSegments(messages) : null);
        _options = new DatasetOptions
        {
            Split = source.Split switch { "paragraphs" => TextSplit.Paragraphs, "separator" => TextSplit.SeparatorLine, _ => TextSplit.WholeFile },
            Separator = source.Separator,
            Fields = new FieldNames(source.TextField, source.PromptField, source.CompletionField, source.MessagesField),
            CsvDelimiter = source.CsvDelimiter[0],
        };
    }

    /// <summary>The id that ends a document: the model's first end token, else the tokenizer's by its usual names.</summary>
    public static int? FindEndOfText(ModelConfig config, Tokenizer tokenizer) => config.EosTokenIds is { IsDefaultOrEmpty: false } ends
        ? ends[0]
        : EndNames.Select(tokenizer.FindTokenId).FirstOrDefault(id => id is not null);

    /// <exception cref="DatasetException">Paths that do not exist or hold nothing to read; nothing has been read yet.</exception>
    public DatasetReader Open(IEnumerable<string> paths) => new(paths, _options);

    /// <summary>One record as training sees it.</summary>
    /// <exception cref="DatasetException">It cannot be written in the base's format, or nothing of it is left.</exception>
    public TokenizedExample Encode(DatasetRecord record) => _encoder.Encode(record);

    /// <summary>Tokenises, by way of the cache folder where the files are large.</summary>
    /// <exception cref="DatasetException">Every bad row and unreadable file.</exception>
    public ITokenDocuments Load(DatasetReader reader, string phase)
    {
        _log.Phase(phase);
        var progress = new PhaseProgress(_log, phase);
        return TokenizedCorpus.Load(reader, _encoder, Path.Combine(CacheFolder.Path, "tokens"), _chat, progress);
    }

    /// <summary>Reported on the reading thread: <see cref="Progress{T}"/> would reorder events.</summary>
    private sealed class PhaseProgress(RunLog log, string phase) : IProgress<DatasetProgress>
    {
        public void Report(DatasetProgress value) => log.Phase(phase, value.Share);
    }
}
