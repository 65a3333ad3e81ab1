using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>
/// Runs the same GPU work again and again: three times as it is, on a side stream, so that libraries choose their kernels and workspaces; then recorded
/// once and replayed as one launch. The work must read its inputs from tensors that stay where they are and must not wait for the device.
/// </summary>
/// <param name="device">A GPU.</param>
/// <param name="work">One training step.</param>
/// <param name="beforeCapture">Lets go of what the work would otherwise reuse from outside the recording: gradients.</param>
/// <param name="failed">Told when this step cannot be recorded; the work then runs as it is.</param>
internal sealed class CudaGraphStep(Device device, Action work, Action beforeCapture, Action<TorchException> failed) : IDisposable
{
    private CudaGraph? _graph;
    private int _warmedUp;
    private bool _isPlain;

    /// <summary>Small work that is recorded often: the allocator's cache stays as it is, and one step warms up.</summary>
    public bool IsBrief { get; init; }

    private int WarmUpSteps => IsBrief ? 1 : 3;

    public void Run()
    {
        if (_graph is null && !_isPlain && _warmedUp++ >= WarmUpSteps)
            Capture();
        if (_graph is not null)
        {
            _graph.Replay();
            return;
        }

        if (_isPlain)
        {
            work();
            return;
        }

        using (CudaRuntime.UseSideStream(device.Index))
            work();
    }

    /// <summary>The inputs have moved: record again at the next step.</summary>
    public void Forget()
    {
        if (_graph is null)
            return;
        CudaRuntime.Synchronize(device.Index); // a replay may still be under way
        _graph.Dispose();
        _graph = null;
    }

    public void Dispose() => Forget();

    private void Capture()
    {
        beforeCapture();
        // What the warm-up left in the allocator's cache is of no use to the recording, which has a pool of its own.
        CudaRuntime.Synchronize(device.Index);
        if (!IsBrief)
            CudaRuntime.EmptyCache();
        try
        {
            using (CudaRuntime.UseSideStream(device.Index))
                _graph = CudaGraph.Capture(work);
        }
        catch (TorchException reason)
        {
            _isPlain = true;
            beforeCapture();
            failed(reason);
        }
    }
}
