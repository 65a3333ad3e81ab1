using System.Text;
using AdapterHub.Engine.Tokenizers.Decoding;
using AdapterHub.Engine.Tokenizers.Normalizing;
using AdapterHub.Engine.Tokenizers.Splitting;

namespace AdapterHub.Engine.Tokenizers.Reading;

/// <summary>Reads normalizers, pre-tokenizers and decoders. An unknown type is refused with the list of the known ones.</summary>
internal static class StepReader
{
    private const string Normalizers = "NFC, NFD, NFKC, NFKD, Prepend, Replace, Lowercase, Strip, ByteLevel, Sequence";
    private const string PreTokenizers = "ByteLevel, Split, Metaspace, Whitespace, WhitespaceSplit, Digits, Punctuation, Sequence";
    private const string Decoders = "ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace, Sequence";

    public static Normalizer ReadNormalizer(JsonSection section) => section.Type switch
    {
        "NFC" => new UnicodeForm(NormalizationForm.FormC),
        "NFD" => new UnicodeForm(NormalizationForm.FormD),
        "NFKC" => new UnicodeForm(NormalizationForm.FormKC),
        "NFKD" => new UnicodeForm(NormalizationForm.FormKD),
        "Prepend" => new Prepend(section.Member("prepend").Text()),
        "Replace" => ReadReplace(section),
        "Lowercase" => new Lowercase(),
        "Strip" => new Strip(section.Member("strip_left").Flag(), section.Member("strip_right").Flag()),
        "ByteLevel" => new ByteLevelNormalizer(),
        "Sequence" => new NormalizerSequence([.. section.Member("normalizers").Items().Select(ReadNormalizer)]),
        _ => throw section.Member("type").Unsupported(Normalizers),
    };

    /// <summary>The pre-tokenizers in order, nested sequences spread out.</summary>
    /// <param name="last">Whether nothing follows: a last ByteLevel leaves the bytes to the model.</param>
    public static IEnumerable<PreTokenizer> ReadPreTokenizers(JsonSection section, bool last = true)
    {
        if (section.Type != "Sequence")
            return [ReadPreTokenizer(section, last)];
        var steps = section.Member("pretokenizers").Items().ToArray();
        return steps.SelectMany((step, index) => ReadPreTokenizers(step, last && index == steps.Length - 1));
    }

    public static DecoderStep ReadDecoder(JsonSection section) => section.Type switch
    {
        "ByteLevel" => new ByteLevelDecoder(),
        "ByteFallback" => new ByteFallbackDecoder(),
        "Fuse" => new Fuse(),
        "Replace" => new ReplaceDecoder(ReadReplace(section)),
        "Strip" => new StripDecoder(ReadCharacter(section.Member("content")), section.Member("start").Whole(), section.Member("stop").Whole()),
        "Metaspace" => new MetaspaceDecoder(ReadCharacter(section.Member("replacement")), ReadScheme(section) != PrependScheme.Never),
        "Sequence" => new DecoderSequence([.. section.Member("decoders").Items().Select(ReadDecoder)]),
        _ => throw section.Member("type").Unsupported(Decoders),
    };

    private static PreTokenizer ReadPreTokenizer(JsonSection section, bool last) => section.Type switch
    {
        "ByteLevel" => new ByteLevelSplit(section.FindFlag("add_prefix_space", true), section.FindFlag("use_regex", true), writesBytes: !last),
        "Split" => new PatternSplit(ReadPattern(section.Member("pattern")), ReadBehavior(section.Member("behavior")), section.FindFlag("invert", false)),
        "Metaspace" => new MetaspaceSplit(ReadCharacter(section.Member("replacement")).ToString(), ReadScheme(section), section.FindFlag("split", true)),
        "Whitespace" => new PatternSplit(new WordPattern(), SplitBehavior.Removed, invert: true),
        "WhitespaceSplit" => new PatternSplit(new CharacterPattern(UnicodeClass.Space), SplitBehavior.Removed),
        "Digits" => new PatternSplit(
            new CharacterPattern(UnicodeClass.Number),
            section.FindFlag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "Punctuation" => new PatternSplit(
            new CharacterPattern(UnicodeClass.Punctuation),
            section.FindMember("behavior") is { } behavior ? ReadBehavior(behavior) : SplitBehavior.Isolated),
        _ => throw section.Member("type").Unsupported(PreTokenizers),
    };

    private static Replace ReadReplace(JsonSection section) => new(ReadPattern(section.Member("pattern")), section.Member("content").Text());

    private static TextPattern ReadPattern(JsonSection section)
    {
        if (section.FindMember("String") is { } literal)
            return literal.Text().Length > 0 ? new LiteralPattern(literal.Text()) : throw literal.Wrong("a text that is not empty");
        if (section.FindMember("Regex") is not { } regex)
            throw section.Wrong("{\"String\": ...} or {\"Regex\": ...}");
        try
        {
            return (TextPattern?)WordScanner.FindFor(regex.Text()) ?? new RegexPattern(regex.Text());
        }
        catch (FormatException error)
        {
            throw new TokenizerFormatException(regex.File, regex.Path, $"the expression has no exact counterpart in .NET: {error.Message}.", error);
        }
    }

    private static SplitBehavior ReadBehavior(JsonSection section) => section.Text() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw section.Unsupported("Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous"),
    };

    // Files older than prepend_scheme say add_prefix_space instead.
    private static PrependScheme ReadScheme(JsonSection section)
    {
        var scheme = section.FindMember("prepend_scheme") is not { } given ? PrependScheme.Always : given.Text() switch
        {
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            "always" => PrependScheme.Always,
            _ => throw given.Unsupported("first, never, always"),
        };
        return section.FindFlag("add_prefix_space", true) ? scheme : PrependScheme.Never;
    }

    private static char ReadCharacter(JsonSection section) =>
        section.Text() is { Length: 1 } text && !char.IsSurrogate(text[0]) ? text[0] : throw section.Wrong("one character up to U+FFFF");
}
