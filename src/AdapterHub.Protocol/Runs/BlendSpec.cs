namespace AdapterHub.Protocol.Runs;

/// <summary>Makes one adapter of several.</summary>
public sealed record BlendSpec : RunSpec
{
    /// <summary>Names a method can have; hyphens for underscores are understood.</summary>
    public static IReadOnlyList<string> Methods { get; } =
        ["exact", "low_rank", "task_arithmetic", "ties", "dare_linear", "dare_ties", "magnitude_prune", "slerp", "knots_ties", "peft_linear"];

    /// <summary>Of them those that drop elements and so have a density.</summary>
    public static IReadOnlyList<string> PruningMethods { get; } = ["ties", "dare_linear", "dare_ties", "magnitude_prune", "knots_ties"];

    /// <summary>Share of the elements kept where none is given.</summary>
    public const double UsualDensity = 0.5;

    /// <summary>Folder of the result; with <see cref="Report"/> or <see cref="Learn"/> it may be empty, and nothing is written.</summary>
    public required string Output { get; init; }

    /// <summary>Measure first how the adapters get into each other's way.</summary>
    public bool Report { get; init; }

    public bool Overwrite { get; init; }

    public IReadOnlyList<WeightedAdapter> Adapters { get; set; } = [];

    /// <summary>One of <see cref="Methods"/>; null is "exact", or "low_rank" where a rank is given.</summary>
    public string? Method { get; init; }

    /// <summary>Largest rank of the result; null keeps all that the method makes, or for methods of full rank the largest rank of the adapters.</summary>
    public int? Rank { get; init; }

    /// <summary>Share of the elements that a pruning method keeps, above 0 and at most 1; null is <see cref="UsualDensity"/>.</summary>
    public double? Density { get; init; }

    /// <summary>How a method elects signs: "total" by the sum of the values, "frequency" by the number of adapters.</summary>
    public string MajoritySign { get; set; } = "total";

    /// <summary>Multiplies the whole result.</summary>
    public double Scale { get; set; } = 1;

    /// <summary>Decides what a method that draws random numbers drops.</summary>
    public ulong Seed { get; init; }

    /// <summary>Base model, a known name or a folder, where the change of a DoRA adapter is worked out; null takes the one that the adapters name.</summary>
    public string? Base { get; init; }

    /// <summary>Element type of the file written: "f32", "bf16" or "f16".</summary>
    public string DType { get; set; } = "f32";

    /// <summary>Which adapter's whole tensors (modules_to_save and the like) the blend takes, counted from 1; they have no weighted sum.</summary>
    public int? SavedModulesFrom { get; init; }

    /// <summary>Find the weights from text instead of taking those of <see cref="Adapters"/>; needs <see cref="Base"/> and a weighted sum as method.</summary>
    public WeightLearningSettings? Learn { get; init; }

    /// <summary>A blend.json, or the folder of a blend, to make again: it decides everything but the output.</summary>
    public string? Recipe { get; init; }

    /// <summary>Measure on the base model how far the blend's logits are from those of its adapters by weight.</summary>
    public bool Prove { get; init; }

    /// <summary>
    /// Where adapters and base models lie that are named otherwise than by their folders, such as a hub's <c>owner/name@revision</c>: folders by those
    /// names. The recipe keeps the names.
    /// </summary>
    public IReadOnlyDictionary<string, string> Folders { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>A paragraph about the result, in Markdown, for its card.</summary>
    public string? Description { get; init; }

    /// <summary>Licence of the result, an SPDX identifier for its card.</summary>
    public string? License { get; init; }
}

/// <summary>How the weights of a blend are found: by gradient descent on the loss of examples, base and adapters left as they are.</summary>
public sealed record WeightLearningSettings
{
    /// <summary>What to learn from, and to measure on: held-out files or a share, a fifth where nothing is said.</summary>
    public required TextSource Data { get; init; }

    public int Steps { get; set; } = 40;

    /// <summary>Rows of a step.</summary>
    public int BatchSize { get; set; } = 4;

    /// <summary>Tokens of a row; null takes the base model's context, at most 256.</summary>
    public int? SequenceLength { get; init; }

    /// <summary>About how far a weight moves in the first steps; it falls to 0 along a cosine.</summary>
    public double LearningRate { get; set; } = 0.1;

    /// <summary>Weights of their own for each layer of the model.</summary>
    public bool ByLayer { get; init; }

    /// <summary>Order of the text, and which of it is held out.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>"f32", "bf16", "f16", or "auto": bf16 on a GPU, f32 on the CPU.</summary>
    public string DType { get; set; } = "auto";
}

/// <summary>An adapter and how much of it.</summary>
/// <param name="Path">A PEFT adapter folder.</param>
/// <param name="Weight">Any finite number; negative takes the adapter's change away.</param>
public sealed record WeightedAdapter(string Path, double Weight = 1)
{
    /// <summary>Layers with a weight of their own; the first that matches decides a layer.</summary>
    public IReadOnlyList<LayerWeight> Layers { get; set; } = [];
}

/// <summary>Another weight in some layers.</summary>
/// <param name="Pattern">A part of the layers' dotted path, such as "layers.0-7.mlp" or "q_proj".</param>
public sealed record LayerWeight(string Pattern, double Weight);
