using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>Forward and backward of one micro batch of every seat: gradients reach the parameters, losses the seats.</summary>
internal delegate void StepPass(int microBatch);

/// <summary>One optimiser step of one or several targets: forward and backward over their micro batches, clipping, update. On a GPU recorded and replayed.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly IReadOnlyList<StepSeat> _seats;
    private readonly StepPass _pass;
    private readonly CudaGraphStep? _graph;

    /// <param name="seats">As many micro batches each.</param>
    /// <param name="pass">Of all seats at once.</param>
    /// <param name="graphFailed">Null never records.</param>
    public TrainingStep(IReadOnlyList<StepSeat> seats, StepPass pass, Action<TorchException>? graphFailed)
    {
        (_seats, _pass) = (seats, pass);
        if (seats[0].Target.Device is { IsCuda: true } device && graphFailed is not null)
            _graph = new CudaGraphStep(device, Work, () => Each(seat => seat.Optimizer.ClearGradients()), graphFailed);
    }

    /// <summary>A step of one target alone.</summary>
    public static TrainingStep Of(StepSeat seat, Action<TorchException>? graphFailed) => new([seat], microBatch =>
    {
        var batch = seat.Inputs.MicroBatches[microBatch];
        var loss = seat.Target.Loss(batch.Input, batch.Labels, seat.Inputs.Scale);
        seat.Target.Backward(loss);
        seat.Add(loss);
    }, graphFailed);

    /// <summary>Runs the step on the batches that the seats hold.</summary>
    public void Run()
    {
        if (_graph is not null)
            _graph.Run();
        else
            Work();
    }

    /// <summary>The step of one seat on these batches.</summary>
    public void Run(IReadOnlyList<TrainingBatch> batches, double rate)
    {
        if (!_seats[0].Fill(batches, rate))
            Forget();
        Run();
    }

    /// <summary>The inputs of a seat have moved.</summary>
    public void Forget() => _graph?.Forget();

    public void Dispose() => _graph?.Dispose();

    private void Work()
    {
        using var scope = new TensorScope();
        Each(seat => seat.Begin());
        for (var microBatch = 0; microBatch < _seats[0].Shape.Accumulation; microBatch++)
        {
            using var pass = new TensorScope();
            _pass(microBatch);
        }

        Each(seat => seat.Update());
    }

    private void Each(Action<StepSeat> action)
    {
        foreach (var seat in _seats)
            action(seat);
    }
}
