using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AdapterHub.Engine.Inference;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tests.Fixtures;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Models;

/// <summary>A checkpoint that somebody else trained, with a greedy continuation that somebody else published.</summary>
public sealed class Stories260KTests
{
    private const string Published =
        "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. " +
        "She wanted to play with it, but it was too high.\nLily's mom said, \"Lily, let's go to the park.\" Lily was sad and didn't know what to do. " +
        "She said, \"I want to play with your ball, but I can't find it.\"\nLily was sad and didn't know what to do. She said, \"I'm sorry, Lily. " +
        "I didn't know what to do.\"\nLily didn't want to help her mom, so she said, \"I'm sorry, mom. I didn't know what to do.\" Her mom said, " +
        "\"Don't worry, Lily. We can help you.";

    [Fact]
    public void GreedyContinuation_IsThePublishedOne()
    {
        var checkpoint = File.ReadAllBytes(GoldenFiles.Shared("fixtures", "stories260K", "stories260K.bin"));
        var tokenizer = Llama2cTokenizer.Load(GoldenFiles.Shared("fixtures", "stories260K", "tok512.bin"));
        var folder = Directory.CreateTempSubdirectory().FullName;
        Convert(checkpoint, folder);
        using var model = CausalModel.Load(folder, Device.Cpu, DType.Float32);
        var made = new TokenGenerator(model).Generate([1], SamplingOptions.Greedy with { MaxNewTokens = 256 }).TakeWhile(id => id != 1).ToArray();
        tokenizer.Decode(made).Trim().ShouldStartWith(Published);
        Directory.Delete(folder, recursive: true);
    }

    // llama2.c's layout: seven int32, then f32 tensors layer by layer within each kind; its rotary pairs are neighbours (2i, 2i+1),
    // Hugging Face's are halves (i, i + width/2), so the rows of q and k are reordered.
    private static void Convert(byte[] file, string folder)
    {
        var header = Enumerable.Range(0, 7).Select(i => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(i * 4))).ToArray();
        var (dim, hidden, layers, heads, kvHeads, vocabulary, context) = (header[0], header[1], header[2], header[3], header[4], Math.Abs(header[5]), header[6]);
        var width = dim / heads;
        var config = new ModelConfig
        {
            ModelType = "llama", HiddenSize = dim, IntermediateSize = hidden, Layers = layers, Heads = heads, KeyValueHeads = kvHeads, HeadDim = width,
            VocabularySize = vocabulary, ContextLength = context, TieWordEmbeddings = true, EosTokenIds = [2],
        };
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJson());
        var (sources, at) = (new List<SafetensorsSource>(), 28);
        void Take(string name, long rows, long columns, int rotaryHeads = 0)
        {
            var values = MemoryMarshal.Cast<byte, float>(file.AsSpan(at, (int)(rows * columns * 4))).ToArray();
            at += values.Length * 4;
            if (rotaryHeads > 0)
                values = Halves(values, rotaryHeads, width, (int)columns);
            sources.Add(SafetensorsSource.FromBytes(name, SafetensorsDtype.F32, columns == 1 ? [rows] : [rows, columns], MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));
        }

        void TakeEach(string name, long rows, long columns, int rotaryHeads = 0)
        {
            for (var layer = 0; layer < layers; layer++)
                Take($"model.layers.{layer}.{name}.weight", rows, columns, rotaryHeads);
        }

        Take("model.embed_tokens.weight", vocabulary, dim);
        TakeEach("input_layernorm", dim, 1);
        TakeEach("self_attn.q_proj", dim, dim, heads);
        TakeEach("self_attn.k_proj", kvHeads * width, dim, kvHeads);
        TakeEach("self_attn.v_proj", kvHeads * width, dim);
        TakeEach("self_attn.o_proj", dim, dim);
        TakeEach("post_attention_layernorm", dim, 1);
        TakeEach("mlp.gate_proj", hidden, dim);
        TakeEach("mlp.down_proj", dim, hidden);
        TakeEach("mlp.up_proj", hidden, dim);
        Take("model.norm.weight", dim, 1);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), null, sources);
    }

    private static float[] Halves(float[] values, int heads, int width, int columns)
    {
        var result = new float[values.Length];
        for (var row = 0; row < heads * width; row++)
        {
            var (head, place) = (row / width, row % width);
            var target = head * width + place / 2 + (place % 2 == 0 ? 0 : width / 2);
            Array.Copy(values, row * columns, result, target * columns, columns);
        }

        return result;
    }
}
