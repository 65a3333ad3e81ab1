using System.Collections.Immutable;
using AdapterHub.Formats;

namespace AdapterHub.Engine.Blending.Learning;

/// <summary>Weights found by gradient descent, with what they are worth.</summary>
public sealed record LearnedWeights
{
    /// <summary>By adapter; for weights by layer their means over the layers.</summary>
    public required ImmutableArray<double> Weights { get; init; }

    /// <summary>The weights of each layer, in the model's order; empty where one weight holds for all.</summary>
    public required ImmutableArray<LayerLearnedWeights> Layers { get; init; }

    /// <summary>One point a step.</summary>
    public required ImmutableArray<LearningPoint> Curve { get; init; }

    /// <summary>On text that the weights were not learnt from; null where there is none.</summary>
    public required LearningLosses? HeldOut { get; init; }

    /// <summary>Tokens learnt from, repetitions included.</summary>
    public required long Tokens { get; init; }

    public required double Seconds { get; init; }

    /// <summary>The same parents with the weights found.</summary>
    public ImmutableArray<BlendParent> Apply(IReadOnlyList<BlendParent> parents)
    {
        ArgumentNullException.ThrowIfNull(parents);
        return [.. parents.Select((parent, place) => parent with
        {
            Weight = Weights[place],
            Modules = [.. Layers.Select(layer => new ModuleWeight(ModulePattern.Parse(layer.Layer), layer.Weights[place]))],
        })];
    }
}

/// <param name="Layer">A pattern of module paths, such as "model.layers.3".</param>
/// <param name="Weights">By adapter.</param>
public sealed record LayerLearnedWeights(string Layer, ImmutableArray<double> Weights);

/// <summary>A step: the loss of its batch, nats a token, before the step, and the weights after it (the means, for weights by layer).</summary>
public sealed record LearningPoint(int Step, double Loss, ImmutableArray<double> Weights);

/// <summary>Mean loss a token, in nats, of the base, of each adapter alone with weight 1, of all with equal weights that add up to 1, and of the weights found.</summary>
public sealed record LearningLosses(double Base, ImmutableArray<double> Adapters, double Uniform, double Learned);
