using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Models;

public sealed class CheckpointReaderTests
{
    [Fact]
    public void Load_ConfigOfAnotherShape_ListsEveryBadTensorAtOnce() => WithCopy("llama-tied", folder =>
    {
        var config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, File.ReadAllText(config)
            .Replace("\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false", StringComparison.Ordinal)
            .Replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", StringComparison.Ordinal)
            .Replace("\"vocab_size\": 101", "\"vocab_size\": 102", StringComparison.Ordinal));
        var error = Should.Throw<AdapterFormatException>(() => CausalModel.Load(folder, Device.Cpu, DType.Float32));
        error.Findings.Count.ShouldBeGreaterThanOrEqualTo(10);
        error.Message.ShouldContain("lm_head.weight");
        error.Message.ShouldContain("model.embed_tokens.weight");
    });

    [Fact]
    public void Load_PickleInsteadOfSafetensors_IsRefusedByName() => WithCopy("llama-tied", folder =>
    {
        File.Move(Path.Combine(folder, "model.safetensors"), Path.Combine(folder, "pytorch_model.bin"));
        Should.Throw<AdapterFormatException>(() => CausalModel.Load(folder, Device.Cpu, DType.Float32)).Message.ShouldContain("pytorch_model.bin");
    });

    [Fact]
    public void Load_TruncatedFile_SaysSo() => WithCopy("llama-tied", folder =>
    {
        var file = Path.Combine(folder, "model.safetensors");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^100]);
        Should.Throw<AdapterFormatException>(() => CausalModel.Load(folder, Device.Cpu, DType.Float32)).Message.ShouldContain("model.safetensors");
    });

    [Theory]
    [InlineData("\"model_type\": \"llama\"", "\"model_type\": \"gpt2\"", "gpt2")]
    [InlineData("\"hidden_act\": \"silu\"", "\"hidden_act\": \"gelu\"", "gelu")]
    [InlineData("\"num_attention_heads\": ", "\"num_attention_heads\": -", "num_attention_heads")]
    public void Load_UnsupportedConfig_NamesTheValue(string found, string replacement, string named) => WithCopy("llama-tied", folder =>
    {
        var config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace(found, replacement, StringComparison.Ordinal));
        Should.Throw<AdapterFormatException>(() => CausalModel.Load(folder, Device.Cpu, DType.Float32)).Message.ShouldContain(named);
    });

    private static void WithCopy(string name, Action<string> test)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        foreach (var file in Directory.EnumerateFiles(GoldenFiles.Path("models", name)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        try
        {
            test(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
