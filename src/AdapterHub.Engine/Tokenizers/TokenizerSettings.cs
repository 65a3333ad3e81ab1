using System.Text.Json;
using AdapterHub.Engine.Tokenizers.Reading;

namespace AdapterHub.Engine.Tokenizers;

/// <summary>
/// What the files beside <c>tokenizer.json</c> say about using a model: its special tokens and the template of its conversations.
/// Source: transformers tokenization_utils_base.py, from_pretrained.
/// </summary>
public sealed record TokenizerSettings
{
    /// <summary>Beginning of text.</summary>
    public string? BosToken { get; init; }

    /// <summary>End of text; generation stops at it.</summary>
    public string? EosToken { get; init; }

    public string? PadToken { get; init; }

    public string? UnkToken { get; init; }

    /// <summary>Longest text the model was made for, in tokens; null where the files give none or an absurd number.</summary>
    public int? MaximumLength { get; init; }

    /// <summary>Jinja source of the chat template, as it stands in the file.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>
    /// Reads <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>chat_template.jinja</c> of a model folder; any of them may be absent.
    /// </summary>
    /// <exception cref="TokenizerFormatException">One of the files is malformed.</exception>
    public static TokenizerSettings Read(string directory)
    {
        var main = ReadFile(Path.Combine(directory, "tokenizer_config.json"));
        var map = ReadFile(Path.Combine(directory, "special_tokens_map.json"));
        var template = Path.Combine(directory, "chat_template.jinja");
        return new TokenizerSettings
        {
            BosToken = main.BosToken ?? map.BosToken,
            EosToken = main.EosToken ?? map.EosToken,
            PadToken = main.PadToken ?? map.PadToken,
            UnkToken = main.UnkToken ?? map.UnkToken,
            MaximumLength = main.MaximumLength,
            ChatTemplate = File.Exists(template) ? File.ReadAllText(template) : main.ChatTemplate,
        };
    }

    private static TokenizerSettings ReadFile(string path)
    {
        if (!File.Exists(path))
            return new TokenizerSettings();
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = new JsonSection(path, "$", document.RootElement);
            return new TokenizerSettings
            {
                BosToken = FindToken(root, "bos_token"),
                EosToken = FindToken(root, "eos_token"),
                PadToken = FindToken(root, "pad_token"),
                UnkToken = FindToken(root, "unk_token"),
                MaximumLength = root.FindMember("model_max_length")?.Element is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var length)
                    ? length
                    : null,
                ChatTemplate = root.FindMember("chat_template") is { } template ? FindTemplate(template) : null,
            };
        }
        catch (JsonException error)
        {
            throw new TokenizerFormatException(path, "$", $"the file is not JSON: {error.Message}", error);
        }
    }

    // A token is its text, or an object with the text and how it matches.
    private static string? FindToken(JsonSection root, string name) => root.FindMember(name) is not { } token ? null
        : token.Element.ValueKind == JsonValueKind.Object ? token.Member("content").Text()
        : token.Text();

    // One template, or several by name of which "default" is for plain conversations.
    private static string? FindTemplate(JsonSection section)
    {
        if (section.Element.ValueKind != JsonValueKind.Array)
            return section.Text();
        var named = section.Items().FirstOrDefault(item => item.Member("name").Text() == "default");
        return named.Path is null ? null : named.Member("template").Text();
    }
}
