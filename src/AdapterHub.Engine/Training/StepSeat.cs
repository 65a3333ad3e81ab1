using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>What one trained target brings to a step: its parameters with their optimiser, its batches on the device, and where its losses go.</summary>
/// <param name="target">What is trained.</param>
/// <param name="optimizer">Over the target's parameters.</param>
/// <param name="history">Takes loss and norm of each step.</param>
/// <param name="shape">Micro batches a step, rows a micro batch, positions a row.</param>
internal sealed class StepSeat(ITrainingTarget target, AdamW optimizer, StepHistory history, (int Accumulation, int Rows, int Sequence) shape) : IDisposable
{
    private StepInputs? _inputs;
    private Tensor? _total;

    public ITrainingTarget Target => target;

    public AdamW Optimizer => optimizer;

    public (int Accumulation, int Rows, int Sequence) Shape => shape;

    /// <summary>The batches that were filled in last.</summary>
    public StepInputs Inputs => _inputs ?? throw new InvalidOperationException("There are no batches yet.");

    /// <summary>Uploads the batches of the next step.</summary>
    /// <returns>False when they needed new room, so that a recorded step must be recorded again.</returns>
    public bool Fill(IReadOnlyList<TrainingBatch> batches, double rate)
    {
        var hasRoom = _inputs?.Fits(batches) == true;
        if (!hasRoom)
            MakeRoom(batches);
        _inputs!.Fill(batches, rate);
        return hasRoom;
    }

    /// <summary>Before the first micro batch of a step.</summary>
    public void Begin()
    {
        optimizer.ClearGradients();
        _total = Tensor.Zeros([], DType.Float32, target.Device);
    }

    /// <summary>A micro batch's part of the step's loss.</summary>
    public void Add(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        _total!.Add_(loss.Detach());
    }

    /// <summary>After the last one: clips and updates.</summary>
    public void Update() => history.Append(_total!, optimizer.Step(Inputs.Rate));

    public void Dispose()
    {
        _inputs?.Dispose();
        optimizer.ClearGradients();
    }

    /// <summary>Room for twice the documents of these batches, in powers of two: batches differ, and every change of room means a new recording.</summary>
    private void MakeRoom(IReadOnlyList<TrainingBatch> batches)
    {
        var most = batches.Max(batch => batch.CumulativeLengths.Length - 1);
        var room = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * most, 2 * shape.Rows));
        if (target.Device.IsCuda && _inputs is not null)
            CudaRuntime.Synchronize(target.Device.Index); // a recorded step may still read the old ones
        _inputs?.Dispose();
        _inputs = new StepInputs(target.Device, shape.Accumulation, shape.Rows, shape.Sequence, room);
    }
}
