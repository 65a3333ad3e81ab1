using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Torch;

namespace AdapterHub.Worker.Runs;

/// <summary>A base model's folder: its configuration and tokenizer first, which are cheap, the weights when they are needed.</summary>
public sealed class ModelFolder
{
    private ModelFolder(string name, string directory, ModelConfig config, Tokenizer tokenizer) =>
        (Name, Directory, Config, Tokenizer) = (name, directory, config, tokenizer);

    /// <summary>As asked for.</summary>
    public string Name { get; }

    public string Directory { get; }

    public ModelConfig Config { get; }

    public Tokenizer Tokenizer { get; }

    public string TokenizerPath => PathOfTokenizer(Directory);

    /// <exception cref="RunInputException">No such model, or one whose tokenizer does not belong to it.</exception>
    public static ModelFolder Open(BaseModels bases, string name)
    {
        var directory = bases.Resolve(name);
        var config = ModelConfig.Read(directory);
        var file = PathOfTokenizer(directory);
        if (!File.Exists(file))
            throw new RunInputException($"--base {name}: {directory} holds no tokenizer.json.");
        var tokenizer = Tokenizer.Load(file);
        return tokenizer.VocabularySize <= config.VocabularySize
            ? new ModelFolder(name, directory, config, tokenizer)
            : throw new RunInputException($"--base {name}: its tokenizer has ids up to {tokenizer.VocabularySize - 1}, the model {config.VocabularySize} embeddings; they do not belong together.");
    }

    public CausalModel LoadModel(Device device, DType type) => CausalModel.Load(Directory, device, type);

    private static string PathOfTokenizer(string directory) => Path.Combine(directory, "tokenizer.json");
}
