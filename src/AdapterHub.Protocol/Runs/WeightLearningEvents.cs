namespace AdapterHub.Protocol.Runs;

/// <summary>A step of learning the weights of a blend.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">Mean over the batch, nats a token, before the step.</param>
/// <param name="Weights">By adapter, after the step; means over the layers where each has its own.</param>
public sealed record WeightsStep(int Step, int Steps, double Loss, IReadOnlyList<double> Weights) : RunEvent;

/// <summary>The weights were found.</summary>
public sealed record WeightsLearned : RunEvent
{
    /// <summary>Names of the adapters, in the order of all weights here.</summary>
    public required IReadOnlyList<string> Adapters { get; init; }

    public required IReadOnlyList<double> Weights { get; init; }

    /// <summary>Of each layer of the model; empty where one weight holds for all.</summary>
    public required IReadOnlyList<LayerLearned> Layers { get; init; }

    /// <summary>Mean loss a token on text that nothing was learnt from; null where there was too little of it.</summary>
    public HeldOutLosses? HeldOut { get; init; }

    public required long Tokens { get; init; }

    public required double Seconds { get; init; }
}

/// <param name="Layer">A pattern of modules, such as "model.layers.3".</param>
public sealed record LayerLearned(string Layer, IReadOnlyList<double> Weights);

/// <summary>Losses in nats a token.</summary>
/// <param name="Base">Without any adapter.</param>
/// <param name="Adapters">Each alone with weight 1.</param>
/// <param name="Uniform">Equal weights that add up to 1.</param>
/// <param name="Learned">The weights found.</param>
public sealed record HeldOutLosses(double Base, IReadOnlyList<double> Adapters, double Uniform, double Learned);
