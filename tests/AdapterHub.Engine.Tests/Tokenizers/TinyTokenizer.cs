using System.Text;
using System.Text.Json.Nodes;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Engine.Tokenizers.Models;

namespace AdapterHub.Engine.Tests.Tokenizers;

/// <summary>Tokenizer files small enough to work their ids out by hand.</summary>
internal static class TinyTokenizer
{
    public const string ByteLevel = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}""";

    /// <summary>The 256 bytes (id = place in GPT-2's order of names), then one token for each merge.</summary>
    public static JsonObject Bytes(params string[] merges)
    {
        var tokens = Enumerable.Range(0, 256).Select(value => ByteAlphabet.NameOf((byte)value).ToString()).ToList();
        return Make(tokens, merges, preTokenizer: ByteLevel, decoder: ByteLevel);
    }

    /// <summary>SentencePiece-style: unknown, begin and end, 256 byte tokens (id = byte + 3), then the characters and merges.</summary>
    public static JsonObject Pieces(string characters, params string[] merges)
    {
        string[] head = ["<unk>", "<s>", "</s>"];
        var tokens = head.Concat(Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>")).Concat(characters.Select(character => character.ToString()));
        var file = Make([.. tokens], merges, preTokenizer: "null", decoder: """
            {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},
             {"type":"Strip","content":" ","start":1,"stop":0}]}
            """);
        file["normalizer"] = JsonNode.Parse("""
            {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}
            """);
        file["model"]!["byte_fallback"] = true;
        file["model"]!["unk_token"] = "<unk>";
        file["added_tokens"] = new JsonArray(Added(0, "<unk>"), Added(1, "<s>"), Added(2, "</s>"));
        return file;
    }

    public static JsonObject Added(
        int id, string content, bool special = true, bool left = false, bool right = false, bool word = false, bool normalized = false) => new()
        {
            ["id"] = id,
            ["content"] = content,
            ["single_word"] = word,
            ["lstrip"] = left,
            ["rstrip"] = right,
            ["normalized"] = normalized,
            ["special"] = special,
        };

    public static Tokenizer Load(JsonObject file) => Tokenizer.Parse(Encoding.UTF8.GetBytes(file.ToJsonString()), "tiny.json");

    private static JsonObject Make(List<string> tokens, string[] merges, string preTokenizer, string decoder)
    {
        foreach (var merge in merges)
            tokens.Add(merge.Replace(" ", "", StringComparison.Ordinal));
        var vocabulary = new JsonObject(tokens.Select((token, id) => KeyValuePair.Create<string, JsonNode?>(token, id)));
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = null,
            ["pre_tokenizer"] = JsonNode.Parse(preTokenizer),
            ["post_processor"] = null,
            ["decoder"] = JsonNode.Parse(decoder),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)merge)]),
            },
        };
    }
}
