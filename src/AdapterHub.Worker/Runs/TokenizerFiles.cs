using System.Text.Json.Nodes;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tokenizers;

namespace AdapterHub.Worker.Runs;

/// <summary>A tokenizer beside a model, as transformers finds it.</summary>
internal static class TokenizerFiles
{
    public static void Write(string folder, Tokenizer tokenizer, ModelConfig config)
    {
        tokenizer.Save(Path.Combine(folder, "tokenizer.json"));
        var settings = new JsonObject
        {
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
            ["model_max_length"] = config.ContextLength,
            ["clean_up_tokenization_spaces"] = false,
        };
        if (config.EosTokenIds is { IsDefaultOrEmpty: false } ends && tokenizer.FindToken(ends[0]) is { } end)
            (settings["eos_token"], settings["pad_token"]) = (end, end);
        if (config.BosTokenId is { } id && tokenizer.FindToken(id) is { } bos)
            settings["bos_token"] = bos;
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), settings.ToJsonString(new() { WriteIndented = true }) + "\n");
    }
}
