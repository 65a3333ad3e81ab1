namespace AdapterHub.Engine.Blending.Learning;

/// <summary>How the weights of a blend are found.</summary>
public sealed record WeightLearningOptions
{
    /// <summary>Steps of gradient descent.</summary>
    public int Steps { get; init; } = 40;

    /// <summary>Rows of a step.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>About how far a weight moves in the first steps; it falls to 0 along a cosine.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Weights of their own for each layer of the model, instead of one an adapter.</summary>
    public bool IsByLayer { get; init; }

    /// <summary>Strength of the pull of a layer's weights towards the mean of its adapter's, for weights by layer.</summary>
    public double Smoothness { get; init; } = 0.01;

    /// <summary>Batches that the held-out text is measured on, at most.</summary>
    public int EvaluationBatches { get; init; } = 16;
}
