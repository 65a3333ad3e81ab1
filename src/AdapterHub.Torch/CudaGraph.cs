using AdapterHub.Torch.Interop;

namespace AdapterHub.Torch;

/// <summary>
/// GPU work recorded once and replayed as one launch (<c>at::cuda::CUDAGraph</c>). The work reads and writes the same memory at
/// each replay: copy new inputs into the tensors it read, and read results from those it wrote. Run the work a few times on a
/// side stream first, so that libraries have chosen their kernels and workspaces.
/// </summary>
public sealed class CudaGraph : IDisposable
{
    private readonly GraphHandle _handle;

    private CudaGraph(nint graph) => _handle = new GraphHandle(graph);

    /// <summary>Records what <paramref name="work"/> launches; it must not synchronise or copy to the host.</summary>
    public static CudaGraph Capture(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Status.Check(Native.ah_cuda_graph_begin(out var graph), "capturing a CUDA graph");
        var captured = new CudaGraph(graph);
        try
        {
            work();
        }
        finally
        {
            var status = Native.ah_cuda_graph_end(graph);
            if (status != Status.Ok)
                captured.Dispose();
            Status.Check(status, "ending a CUDA graph");
        }

        return captured;
    }

    public void Replay() => Status.Check(Native.ah_cuda_graph_replay(_handle.DangerousGetHandle()), "replaying a CUDA graph");

    public void Dispose() => _handle.Dispose();
}
