using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Runs;

/// <summary>
/// Everything a run depends on, complete and serialisable: the command line, the hub's form and the queue all hand over one of these, and one
/// executor takes it. Its defaults are the program's defaults. Paths are the executing machine's.
/// </summary>
/// <remarks>
/// Properties with a default are set, not init: the generated reader of JSON gives every init property a value, the type's zero where the JSON has
/// none, and so would lose the defaults of a spec that leaves something out.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TrainSpec), "train")]
[JsonDerivedType(typeof(PretrainSpec), "pretrain")]
[JsonDerivedType(typeof(EvaluateSpec), "evaluate")]
[JsonDerivedType(typeof(BlendSpec), "blend")]
public abstract record RunSpec
{
    /// <summary>What people call the run and its result; null takes the name of the output folder.</summary>
    public string? Name { get; init; }

    /// <summary>"cpu", "cuda", "cuda:N", or "auto": the first GPU where there is one.</summary>
    public string Device { get; set; } = "auto";
}

/// <summary>A run that reads text files and learns from them.</summary>
public abstract record LearningSpec : RunSpec
{
    /// <summary>Folder of the result. Checkpoints lie in it while the run lasts.</summary>
    public required string Output { get; init; }

    /// <summary>Write into a folder that holds something already, and start over there.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Go on from the newest checkpoint in the output folder, where there is one.</summary>
    public bool Resume { get; init; }

    public required TextSource Data { get; init; }

    public LoopSettings Loop { get; set; } = new();

    /// <summary>A paragraph about the result, in Markdown, for its card.</summary>
    public string? Description { get; init; }

    /// <summary>Licence of the result, an SPDX identifier for its card.</summary>
    public string? License { get; init; }
}

/// <summary>Trains a LoRA adapter on a base model.</summary>
public sealed record TrainSpec : LearningSpec
{
    /// <summary>A known name such as "inkwell", or a model folder.</summary>
    public required string Base { get; init; }

    /// <summary>What card and configuration call the base; null takes <see cref="Base"/>.</summary>
    public string? BaseName { get; init; }

    public LoraSettings Lora { get; set; } = new();

    /// <summary>Element type of the factors written: "f32", "bf16" or "f16".</summary>
    public string SaveDType { get; set; } = "f32";
}

/// <summary>Trains a base model from random weights.</summary>
public sealed record PretrainSpec : LearningSpec
{
    /// <summary>A config.json, or the name of a preset.</summary>
    public required string Config { get; init; }

    /// <summary>The tokenizer.json to train with; it is copied beside the weights.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>Element type of the weights written: "bf16", "f16" or "f32".</summary>
    public string SaveDType { get; set; } = "bf16";

    /// <summary>Largest file of weights, in mebibytes; a larger model is written in shards.</summary>
    public int ShardMebibytes { get; set; } = 16;
}

/// <summary>Measures the perplexity of a base model, with or without adapters, on text.</summary>
public sealed record EvaluateSpec : RunSpec
{
    /// <summary>A known name such as "inkwell", or a model folder.</summary>
    public required string Base { get; init; }

    public IReadOnlyList<WeightedAdapter> Adapters { get; set; } = [];

    /// <summary>Measure the base without its adapters too, to compare with.</summary>
    public bool Compare { get; set; }

    public required TextSource Data { get; init; }

    /// <summary>Tokens of one row; null takes the base model's context, at most 512.</summary>
    public int? SequenceLength { get; init; }

    /// <summary>Rows evaluated at once.</summary>
    public int BatchSize { get; set; } = 8;

    /// <summary>"f32", "bf16", "f16", or "auto": bf16 on a GPU, f32 on the CPU.</summary>
    public string DType { get; set; } = "auto";
}
