using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Formats.Peft;
using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Torch;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>Base models with random weights in the shapes of the benchmarks, with the tiny base's tokenizer.</summary>
internal static class DeviceShapes
{
    public static ModelConfig Tiny { get; } = Shape(64, 2, 1, 1, 96, 300);

    public static ModelConfig Small { get; } = Shape(576, 30, 9, 3, 1536, 49152);

    /// <summary>Llama 3.2 1B's.</summary>
    public static ModelConfig Large { get; } = Shape(2048, 16, 32, 8, 8192, 128256);

    public static void SkipWithoutGpu()
    {
        if (CudaRuntime.DeviceCount == 0)
            Assert.Skip("there is no GPU here");
    }

    /// <summary>The model as a folder of files, and as many adapters of rank 16 on all its linear layers beside it.</summary>
    public static void Write(TinyBase tiny, ModelConfig config, string folder, params string[] adapters)
    {
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(tiny.Folder, "tokenizer.json"), Path.Combine(folder, "tokenizer.json"));
        using var model = CausalModel.Create(config, CudaRuntime.DeviceCount > 0 ? Device.Cuda() : Device.Cpu, DType.BFloat16, seed: 1);
        model.Save(folder, DType.BFloat16);
        File.WriteAllText(Path.Combine(folder, "README.md"), "---\nlicense: cc0-1.0\n---\n\nRandom weights.\n");
        for (var i = 0; i < adapters.Length; i++)
        {
            using var binding = LoraBinding.Inject(model, new PeftConfig { Rank = 16, LoraAlpha = 16, TargetModules = ModuleSelection.AllLinear }, (ulong)i);
            using (Grad.Disable())
            {
                foreach (var (name, value) in binding.Parameters)
                    if (name.EndsWith("lora_B.weight", StringComparison.Ordinal))
                        value.Normal_(0, 0.02);
            }

            PeftAdapterFolder.Write(adapters[i], binding.ToAdapter("ada/base", DType.BFloat16));
            File.WriteAllText(Path.Combine(adapters[i], "README.md"), "---\nlicense: cc0-1.0\nbase_model: ada/base\n---\n\nRandom factors.\n");
        }
    }

    private static ModelConfig Shape(int hidden, int layers, int heads, int keyValueHeads, int intermediate, int vocabulary) => new()
    {
        ModelType = "llama", HiddenSize = hidden, Layers = layers, Heads = heads, KeyValueHeads = keyValueHeads, HeadDim = 64, IntermediateSize = intermediate,
        VocabularySize = vocabulary, ContextLength = 2048, TieWordEmbeddings = true, InitializerRange = 0.02,
    };
}
