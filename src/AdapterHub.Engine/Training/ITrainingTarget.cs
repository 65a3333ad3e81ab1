using AdapterHub.Engine.Models;
using AdapterHub.Formats.Sizing;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>What a <see cref="Trainer"/> trains: an adapter over a frozen base, or a whole model.</summary>
public interface ITrainingTarget
{
    /// <summary>"adapter" or "model".</summary>
    string Kind { get; }

    Device Device { get; }

    /// <summary>f32 leaves that require gradients, in a fixed order, by unique names.</summary>
    IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    /// <summary>Trained or not.</summary>
    long TotalParameters { get; }

    /// <summary>Keep one activation a layer and compute the rest again going backward.</summary>
    bool CheckpointActivations { get; set; }

    /// <summary>False switches dropout off, for evaluation and samples.</summary>
    bool IsTraining { get; set; }

    /// <summary>Settings and digests that decide the loss besides the trainer's own: base, adapter, type. A resumed run must have the same.</summary>
    IReadOnlyDictionary<string, string> Identity { get; }

    /// <summary>Memory that training takes with batches of this shape.</summary>
    MemoryEstimate EstimateMemory(int rows, int sequenceLength, bool checkpointActivations);

    /// <summary>Sum over the positions of -log p(label) times scale, a scalar; labels (N) int64, -100 without loss; scale (1) f32.</summary>
    Tensor Loss(PackedInput input, Tensor labels, Tensor scale);

    void Backward(Tensor loss);

    /// <summary>Writes what was trained for others to use: a PEFT adapter, or a model folder.</summary>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written.</exception>
    void Save(string folder);
}
