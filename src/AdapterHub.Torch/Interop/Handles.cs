using System.Runtime.InteropServices;

namespace AdapterHub.Torch.Interop;

/// <summary>One owned reference to an <c>at::Tensor</c>.</summary>
internal sealed class TensorHandle : SafeHandle
{
    internal TensorHandle(nint tensor) : base(0, ownsHandle: true) => SetHandle(tensor);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Native.ah_tensor_free(handle) == 0;
}

/// <summary>A file in memory; tensors over it keep it alive by themselves.</summary>
internal sealed class MappingHandle : SafeHandle
{
    internal MappingHandle(nint mapping) : base(0, ownsHandle: true) => SetHandle(mapping);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Native.ah_mapping_close(handle) == 0;
}

/// <summary>A captured CUDA graph with its private memory pool.</summary>
internal sealed class GraphHandle : SafeHandle
{
    internal GraphHandle(nint graph) : base(0, ownsHandle: true) => SetHandle(graph);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Native.ah_cuda_graph_free(handle) == 0;
}
