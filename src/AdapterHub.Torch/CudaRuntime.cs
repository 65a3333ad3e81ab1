using AdapterHub.Torch.Interop;

namespace AdapterHub.Torch;

/// <summary>A GPU as CUDA describes it; memory in bytes.</summary>
public sealed record CudaDevice(int Index, string Name, long TotalBytes, long FreeBytes, Version ComputeCapability, int Multiprocessors);

/// <summary>GPUs, their memory and streams. <see cref="DeviceCount"/> is 0 where libtorch has no CUDA or the machine no GPU.</summary>
public static class CudaRuntime
{
    private static readonly Lazy<int> Count = new(() =>
    {
        Status.Check(Native.ah_cuda_device_count(out var count));
        return count;
    });

    public static int DeviceCount => Count.Value;

    public static CudaDevice GetDevice(int index)
    {
        var name = TensorMemory.DeviceName(index, out var total, out var free, out var major, out var minor, out var processors);
        return new CudaDevice(index, name, total, free, new Version(major, minor), processors);
    }

    public static MemoryStatistics Memory(int index = 0)
    {
        Status.Check(Native.ah_cuda_memory(index, out var memory));
        return memory;
    }

    /// <summary>Per cent of the driver's last sample period (up to a second) in which a kernel ran on the device; null where the driver does not say.</summary>
    public static int? FindUtilization(int index = 0)
    {
        Status.Check(Native.ah_cuda_utilization(index, out var percent));
        return percent >= 0 ? percent : null;
    }

    public static void ResetPeak(int index = 0) => Status.Check(Native.ah_cuda_reset_peak(index));

    public static void EmptyCache() => Status.Check(Native.ah_cuda_empty_cache());

    public static void Synchronize(int index = 0) => Status.Check(Native.ah_cuda_synchronize(index));

    /// <summary>Lets f32 matrix products use the TF32 units: about eight times as fast, with a 10-bit mantissa.</summary>
    public static void AllowTf32(bool allow) => Status.Check(Native.ah_cuda_allow_tf32(allow ? 1 : 0));

    /// <summary>Makes a side stream current on this thread until the result is disposed, on the same thread.</summary>
    public static IDisposable UseSideStream(int index = 0)
    {
        Status.Check(Native.ah_cuda_stream_enter(index, out var guard));
        return new Leave(guard);
    }

    private sealed class Leave(nint guard) : IDisposable
    {
        private nint _guard = guard;

        public void Dispose()
        {
            if (_guard != 0)
                Status.Check(Native.ah_cuda_stream_leave(_guard));
            _guard = 0;
        }
    }
}
