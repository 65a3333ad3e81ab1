using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

[assembly: AssemblyFixture(typeof(AdapterHub.Integration.Tests.Cli.TinyBase))]

namespace AdapterHub.Integration.Tests.Cli;

/// <summary>A home folder with one base model of random weights, "tiny": two layers of width 32, a vocabulary of 300.</summary>
public sealed class TinyBase : IDisposable
{
    public const string Name = "tiny";
    public const int Width = 32;

    /// <summary>Enough to train on and to hold a part out.</summary>
    public static string Text { get; } = string.Join('\n', Enumerable.Range(0, 120).Select(line =>
        $"Chapter {line}. The {(line % 3) switch { 0 => "lamp", 1 => "river", _ => "garden" }} was quiet, and nobody counted past {line * 7 % 31} before the bell rang."));

    public TinyBase()
    {
        var folder = Path.Combine(Home, "models", Name);
        Directory.CreateDirectory(folder);
        var tokenizer = BpeTrainer.Train([Text], new BpeTrainerOptions { VocabularySize = 300, Threads = 1 });
        tokenizer.Save(Path.Combine(folder, "tokenizer.json"));
        using var model = CausalModel.Create(Config(tokenizer, Width), Device.Cpu, DType.Float32, seed: 5);
        model.Save(folder, DType.BFloat16);
    }

    public string Home { get; } = Directory.CreateTempSubdirectory("tiny-base-").FullName;

    public string Folder => Path.Combine(Home, "models", Name);

    internal CliProgram Start() => new(Home);

    /// <summary>An adapter for the base's q_proj modules, all values <paramref name="value"/>.</summary>
    internal static void WriteAdapter(string folder, int rank = 2, float value = 0.05f, int width = Width, string module = "q_proj") =>
        PeftAdapterFolder.Write(folder, new LoraAdapter
        {
            Config = new PeftConfig { Rank = rank, LoraAlpha = 2 * rank, TargetModules = ModuleSelection.FromNames(module), BaseModelNameOrPath = Name, TaskType = "CAUSAL_LM" },
            Modules =
            [
                .. Enumerable.Range(0, 2).Select(layer => new LoraModule
                {
                    Path = $"model.layers.{layer}.self_attn.{module}",
                    A = AdapterTensor.FromSingles(Filled(rank * width, value), [rank, width]),
                    B = AdapterTensor.FromSingles(Filled(width * rank, value), [width, rank]),
                    Rank = rank,
                    Alpha = 2 * rank,
                }),
            ],
        });

    public void Dispose() => Directory.Delete(Home, recursive: true);

    private static ModelConfig Config(Tokenizer tokenizer, int width) => new()
    {
        ModelType = "llama",
        HiddenSize = width,
        IntermediateSize = 2 * width,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 4,
        HeadDim = width / 4,
        VocabularySize = tokenizer.VocabularySize,
        ContextLength = 128,
        TieWordEmbeddings = true,
        EosTokenIds = [tokenizer.FindTokenId("<|endoftext|>")!.Value],
    };

    /// <summary>Rows and columns differ, so that a transposed factor would show.</summary>
    private static float[] Filled(int count, float value)
    {
        var values = new float[count];
        for (var k = 0; k < count; k++)
            values[k] = value * ((k % 5) - 1.5f);
        return values;
    }
}
