using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>One optimiser step: forward and backward over its micro batches, clipping, update. On a GPU recorded and replayed.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly ITrainingTarget _target;
    private readonly AdamW _optimizer;
    private readonly StepHistory _history;
    private readonly CudaGraphStep? _graph;
    private readonly (int Accumulation, int Rows, int Sequence) _shape;
    private StepInputs? _inputs;

    /// <param name="target">What is trained.</param>
    /// <param name="optimizer">Over the target's parameters.</param>
    /// <param name="history">Takes loss and norm of each step.</param>
    /// <param name="shape">Micro batches a step, rows a micro batch, positions a row.</param>
    /// <param name="graphFailed">Null never records.</param>
    public TrainingStep(ITrainingTarget target, AdamW optimizer, StepHistory history, (int Accumulation, int Rows, int Sequence) shape, Action<TorchException>? graphFailed)
    {
        (_target, _optimizer, _history, _shape) = (target, optimizer, history, shape);
        if (target.Device.IsCuda && graphFailed is not null)
            _graph = new CudaGraphStep(target.Device, Work, optimizer.ClearGradients, graphFailed);
    }

    public void Run(IReadOnlyList<TrainingBatch> batches, double rate)
    {
        if (_inputs is null || !_inputs.Fits(batches))
            MakeRoom(batches);
        _inputs!.Fill(batches, rate);
        if (_graph is not null)
            _graph.Run();
        else
            Work();
    }

    public void Dispose()
    {
        _graph?.Dispose();
        _inputs?.Dispose();
        _optimizer.ClearGradients();
    }

    private void Work()
    {
        using var scope = new TensorScope();
        _optimizer.ClearGradients();
        var total = Tensor.Zeros([], DType.Float32, _target.Device);
        foreach (var batch in _inputs!.MicroBatches)
        {
            using var pass = new TensorScope();
            var loss = _target.Loss(batch.Input, batch.Labels, _inputs.Scale);
            _target.Backward(loss);
            total.Add_(loss.Detach());
        }

        var norm = _optimizer.Step(_inputs.Rate);
        _history.Append(total, norm);
    }

    /// <summary>Room for twice the documents of these batches, in powers of two: batches differ, and every change of room means a new recording.</summary>
    private void MakeRoom(IReadOnlyList<TrainingBatch> batches)
    {
        var most = batches.Max(batch => batch.CumulativeLengths.Length - 1);
        var room = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * most, 2 * _shape.Rows));
        _graph?.Forget();
        _inputs?.Dispose();
        _inputs = new StepInputs(_target.Device, _shape.Accumulation, _shape.Rows, _shape.Sequence, room);
    }
}
