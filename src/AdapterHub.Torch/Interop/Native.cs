using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace AdapterHub.Torch.Interop;

/// <summary>The functions of <c>native/adapterhub_torch.h</c>, one to one.</summary>
internal static unsafe partial class Native
{
    private const string Library = ShimLibrary.Name;

    [LibraryImport(Library)] internal static partial byte* ah_last_error();
    [LibraryImport(Library)] internal static partial int ah_abi_version();
    [LibraryImport(Library)] internal static partial byte* ah_torch_version();
    [LibraryImport(Library)] internal static partial byte* ah_build_settings();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int ah_op_find(string name, string overload, out nint op);
    [LibraryImport(Library)] internal static partial int ah_op_call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity, int* returned);
    [LibraryImport(Library)] internal static partial int ah_op_schema(nint op, byte** text);

    [LibraryImport(Library)] internal static partial int ah_tensor_free(nint tensor);
    [LibraryImport(Library)] internal static partial int ah_tensor_clone_reference(nint tensor, out nint same);
    [LibraryImport(Library)] internal static partial int ah_tensor_describe(nint tensor, int* dtype, int* device, long* numel, int* ndim);
    [LibraryImport(Library)] internal static partial int ah_tensor_sizes(nint tensor, long* sizes, long* strides, int capacity);
    [LibraryImport(Library)] internal static partial int ah_tensor_from_host(void* data, long bytes, int dtype, long* sizes, int ndim, out nint tensor);
    [LibraryImport(Library)] internal static partial int ah_tensor_to_host(nint tensor, void* data, long bytes);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int ah_mapping_open(string path, out nint mapping);
    [LibraryImport(Library)] internal static partial int ah_mapping_close(nint mapping);
    [LibraryImport(Library)] internal static partial int ah_mapping_tensor(nint mapping, long offset, long bytes, int dtype, long* sizes, int ndim, out nint tensor);

    [LibraryImport(Library)] internal static partial int ah_grad_mode(int enabled, out int previous);
    [LibraryImport(Library)] internal static partial int ah_requires_grad(nint tensor, out int value);
    [LibraryImport(Library)] internal static partial int ah_set_requires_grad(nint tensor, int value);
    [LibraryImport(Library)] internal static partial int ah_grad(nint tensor, out nint grad);
    [LibraryImport(Library)] internal static partial int ah_set_grad(nint tensor, nint grad);
    [LibraryImport(Library)] internal static partial int ah_backward(nint* tensors, nint* gradients, int count);
    [LibraryImport(Library)] internal static partial int ah_inference_enter(out nint guard);
    [LibraryImport(Library)] internal static partial int ah_inference_leave(nint guard);

    [LibraryImport(Library)] internal static partial int ah_manual_seed(ulong seed);
    [LibraryImport(Library)] internal static partial int ah_rng_state(int device, out nint state);
    [LibraryImport(Library)] internal static partial int ah_set_rng_state(int device, nint state);

    [LibraryImport(Library)] internal static partial int ah_threads(out int threads);
    [LibraryImport(Library)] internal static partial int ah_set_threads(int threads);
    [LibraryImport(Library)] internal static partial int ah_set_blas_threads(int threads, out int previous);
    [LibraryImport(Library)] internal static partial int ah_cpu_memory(out MemoryStatistics memory);
    [LibraryImport(Library)] internal static partial int ah_cpu_reset_peak();
    [LibraryImport(Library)] internal static partial int ah_cpu_release_cached();

    [LibraryImport(Library)] internal static partial int ah_cuda_device_count(out int count);
    [LibraryImport(Library)] internal static partial int ah_cuda_device(int index, byte* name, int capacity, out long total, out long free, out int major, out int minor, out int processors);
    [LibraryImport(Library)] internal static partial int ah_cuda_memory(int index, out MemoryStatistics memory);
    [LibraryImport(Library)] internal static partial int ah_cuda_reset_peak(int index);
    [LibraryImport(Library)] internal static partial int ah_cuda_empty_cache();
    [LibraryImport(Library)] internal static partial int ah_cuda_synchronize(int index);
    [LibraryImport(Library)] internal static partial int ah_cuda_stream_enter(int index, out nint guard);
    [LibraryImport(Library)] internal static partial int ah_cuda_stream_leave(nint guard);
    [LibraryImport(Library)] internal static partial int ah_cuda_allow_tf32(int allow);
    [LibraryImport(Library)] internal static partial int ah_cuda_utilization(int index, out int percent);
    [LibraryImport(Library)] internal static partial int ah_cuda_graph_begin(out nint graph);
    [LibraryImport(Library)] internal static partial int ah_cuda_graph_end(nint graph);
    [LibraryImport(Library)] internal static partial int ah_cuda_graph_replay(nint graph);
    [LibraryImport(Library)] internal static partial int ah_cuda_graph_free(nint graph);

    internal static string Text(byte* utf8) => Marshal.PtrToStringUTF8((nint)utf8) ?? "";
}

/// <summary><c>ah_value</c>: one argument or result of an operator.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public int Kind;
    public int Length;
    public long Bits;
}
