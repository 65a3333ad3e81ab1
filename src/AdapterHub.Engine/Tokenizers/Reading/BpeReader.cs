using AdapterHub.Engine.Tokenizers.Models;

namespace AdapterHub.Engine.Tokenizers.Reading;

/// <summary>Reads the <c>model</c> object of a tokenizer file.</summary>
internal static class BpeReader
{
    // Far above any vocabulary in use, and low enough that a table by id cannot exhaust the memory.
    private const int LargestId = (1 << 24) - 1;

    public static BpeSettings Read(JsonSection model)
    {
        // Files older than the type member can only be told by their parts.
        if (model.FindMember("type") is { } type ? type.Text() != "BPE" : model.FindMember("merges") is null)
            throw (model.FindMember("type") ?? model).Unsupported("the model type BPE");
        foreach (var name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model.FindMember(name) is { } affix && affix.Text().Length > 0)
                throw affix.Unsupported("null or \"\"");
        }

        if (model.FindMember("dropout") is { } dropout && (!dropout.Element.TryGetDouble(out var rate) || rate != 0))
            throw dropout.Unsupported("null or 0, for encoding must not be random");

        var vocabulary = ReadVocabulary(model.Member("vocab"));
        return new BpeSettings(
            vocabulary,
            ReadMerges(model.Member("merges"), vocabulary),
            model.FindMember("unk_token")?.Text(),
            model.FindFlag("fuse_unk", false),
            model.FindFlag("byte_fallback", false),
            model.FindFlag("ignore_merges", false));
    }

    private static Dictionary<string, int> ReadVocabulary(JsonSection section)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in section.Members())
        {
            var value = id.Whole();
            if (value > LargestId)
                throw id.Unsupported($"ids up to {LargestId}");
            vocabulary[token] = value;
        }

        return vocabulary;
    }

    private static Dictionary<ulong, MergeRule> ReadMerges(JsonSection section, Dictionary<string, int> vocabulary)
    {
        var merges = new Dictionary<ulong, MergeRule>(section.Items().Count());
        var rank = 0;
        foreach (var entry in section.Items())
        {
            if (entry.Element.ValueKind == System.Text.Json.JsonValueKind.String && entry.Text().StartsWith("#version", StringComparison.Ordinal))
                continue;
            var (left, right) = ReadPair(entry);
            var key = BpeMerger.Key(IdOf(entry, vocabulary, left), IdOf(entry, vocabulary, right));
            // A pair listed twice keeps its later rank, as upstream.
            merges[key] = new MergeRule(rank++, IdOf(entry, vocabulary, left + right));
        }

        return merges;
    }

    private static (string Left, string Right) ReadPair(JsonSection entry)
    {
        var parts = entry.Element.ValueKind == System.Text.Json.JsonValueKind.String
            ? entry.Text().Split(' ')
            : [.. entry.Items().Select(item => item.Text())];
        return parts.Length == 2 ? (parts[0], parts[1]) : throw entry.Wrong("a pair of tokens (\"a b\" or [\"a\", \"b\"])");
    }

    private static int IdOf(JsonSection entry, Dictionary<string, int> vocabulary, string token) =>
        vocabulary.TryGetValue(token, out var id)
            ? id
            : throw new TokenizerFormatException(entry.File, entry.Path, $"the merge needs the token \"{token}\", which is not in $.model.vocab.");
}
