using System.Text.Json;
using AdapterHub.Engine.Tokenizers.Decoding;
using AdapterHub.Engine.Tokenizers.Models;
using AdapterHub.Engine.Tokenizers.Normalizing;
using AdapterHub.Engine.Tokenizers.Splitting;

namespace AdapterHub.Engine.Tokenizers.Reading;

/// <summary>The parts of a tokenizer, as its file describes them.</summary>
/// <param name="Prefix">Ids that the post-processor puts in front of a text.</param>
/// <param name="Suffix">Ids that it puts behind.</param>
internal sealed record TokenizerParts(
    BpeSettings Model,
    bool ModelTakesBytes,
    IReadOnlyList<AddedToken> AddedTokens,
    Normalizer? Normalizer,
    IReadOnlyList<PreTokenizer> PreTokenizers,
    DecoderStep Decoder,
    IReadOnlyList<int> Prefix,
    IReadOnlyList<int> Suffix);

/// <summary>Reads a <c>tokenizer.json</c> (version 1.0). Its truncation and padding are settings of a caller long gone and are left aside.</summary>
internal static class TokenizerReader
{
    public static TokenizerParts Read(string file, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(new JsonSection(file, "$", document.RootElement));
        }
        catch (JsonException error)
        {
            throw new TokenizerFormatException(file, error.Path ?? "$", $"the file is not JSON: {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            // JsonElement's way of saying that a string holds bytes or escapes that are no text.
            throw new TokenizerFormatException(file, "$", error.Message, error);
        }
    }

    private static TokenizerParts Read(JsonSection root)
    {
        if (root.FindMember("version") is { } version && version.Text() != "1.0")
            throw version.Unsupported("1.0");
        var model = BpeReader.Read(root.Member("model"));
        var steps = root.FindMember("pre_tokenizer") is { } splitting ? StepReader.ReadPreTokenizers(splitting).ToArray() : [];
        var (prefix, suffix) = root.FindMember("post_processor") is { } processor ? ReadProcessor(processor) : ([], []);
        return new TokenizerParts(
            model,
            steps is [.., ByteLevelSplit],
            root.FindMember("added_tokens") is { } added ? ReadAddedTokens(added, model.Vocabulary) : [],
            root.FindMember("normalizer") is { } normalizer ? StepReader.ReadNormalizer(normalizer) : null,
            steps,
            root.FindMember("decoder") is { } decoder ? StepReader.ReadDecoder(decoder) : new SpacedTokens(),
            prefix,
            suffix);
    }

    // Upstream ignores the ids in the file: a token of the vocabulary keeps its id there, and the others are numbered on in their order.
    // A file that states other ids would quietly mean other tokens to its model, so it is refused.
    private static List<AddedToken> ReadAddedTokens(JsonSection section, Dictionary<string, int> vocabulary)
    {
        var tokens = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        var next = vocabulary.Count;
        foreach (var entry in section.Items())
        {
            var content = entry.Member("content").Text();
            if (content.Length == 0)
                continue;
            var id = tokens.TryGetValue(content, out var earlier) ? earlier.Id
                : vocabulary.TryGetValue(content, out var known) ? known
                : next++;
            if (entry.FindMember("id") is { } stated && stated.Whole() != id)
            {
                throw new TokenizerFormatException(
                    stated.File, stated.Path, $"the id of \"{content}\" is {stated.Whole()} here, but {id} by the vocabulary and the order of the entries.");
            }

            var special = entry.FindFlag("special", false);
            tokens[content] = new AddedToken(
                id,
                content,
                entry.FindFlag("single_word", false),
                entry.FindFlag("lstrip", false),
                entry.FindFlag("rstrip", false),
                entry.FindFlag("normalized", !special),
                special);
        }

        return [.. tokens.Values];
    }

    private static (int[] Prefix, int[] Suffix) ReadProcessor(JsonSection section)
    {
        switch (section.Type)
        {
            // It only trims offsets, which this engine does not give.
            case "ByteLevel":
                return ([], []);
            case "TemplateProcessing":
                return ReadTemplate(section);
            case "Sequence":
                var templates = section.Member("processors").Items().Where(step => step.Type != "ByteLevel").ToArray();
                return templates.Length switch
                {
                    0 => ([], []),
                    1 => ReadProcessor(templates[0]),
                    _ => throw section.Unsupported("a sequence with at most one processor beside ByteLevel"),
                };
            default:
                throw section.Member("type").Unsupported("TemplateProcessing, ByteLevel, Sequence");
        }
    }

    // Only the template for a single text is read: this engine does not encode pairs.
    private static (int[] Prefix, int[] Suffix) ReadTemplate(JsonSection section)
    {
        List<int> prefix = [], suffix = [];
        var seen = false;
        foreach (var piece in section.Member("single").Items())
        {
            if (piece.FindMember("Sequence") is { } sequence)
            {
                if (seen || sequence.Member("id").Text() != "A")
                    throw sequence.Unsupported("the sequence A, once");
                seen = true;
                continue;
            }

            var id = piece.Member("SpecialToken").Member("id");
            var token = section.Member("special_tokens").FindMember(id.Text())
                ?? throw new TokenizerFormatException(id.File, id.Path, $"\"{id.Text()}\" is not among special_tokens.");
            (seen ? suffix : prefix).AddRange(token.Member("ids").Items().Select(value => value.Whole()));
        }

        return seen ? ([.. prefix], [.. suffix]) : throw section.Member("single").Unsupported("a template with the sequence A");
    }
}
