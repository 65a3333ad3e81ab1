using System.Runtime.InteropServices;
using AdapterHub.Torch.Interop;

namespace AdapterHub.Torch;

/// <summary>Bytes held by tensors: alive now, at most since the last reset, and kept by the allocator; and how many blocks are alive.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct MemoryStatistics(long LiveBytes, long PeakBytes, long ReservedBytes, long LiveBlocks);

/// <summary>The libtorch this process runs on.</summary>
public static class TorchRuntime
{
    private static readonly Lazy<(string Version, string Settings)> Build = new(TensorMemory.Build);

    /// <summary>"1.13.0", "2.11.0": what the shim was built against.</summary>
    public static string Version => Build.Value.Version;

    /// <summary>libtorch's own account of its build: BLAS, OpenMP, CPU capability.</summary>
    public static string BuildSettings => Build.Value.Settings;

    public static int Threads
    {
        get
        {
            Status.Check(Native.ah_threads(out var threads));
            return threads;
        }
        set => Status.Check(Native.ah_set_threads(value));
    }

    /// <summary>
    /// One thread for libtorch and its BLAS until the result is disposed. Many small matrices in turn are quickest so: threads would spend their
    /// time waiting for one another. Sums also keep one order, whatever the number of processors. Holds for the whole process.
    /// </summary>
    public static IDisposable UseOneThread() => new OneThread();

    public static MemoryStatistics CpuMemory
    {
        get
        {
            Status.Check(Native.ah_cpu_memory(out var memory));
            return memory;
        }
    }

    public static void ResetCpuPeak() => Status.Check(Native.ah_cpu_reset_peak());

    /// <summary>Gives blocks that no tensor uses back to the system.</summary>
    public static void ReleaseCachedCpuMemory() => Status.Check(Native.ah_cpu_release_cached());

    public static MemoryStatistics Memory(Device device) => device.IsCuda ? CudaRuntime.Memory(device.Index) : CpuMemory;

    public static void ResetPeak(Device device)
    {
        if (device.IsCuda)
            CudaRuntime.ResetPeak(device.Index);
        else
            ResetCpuPeak();
    }

    /// <summary>Waits for all work queued on the device.</summary>
    public static void Synchronize(Device device)
    {
        if (device.IsCuda)
            CudaRuntime.Synchronize(device.Index);
    }

    private sealed class OneThread : IDisposable
    {
        private readonly int _threads = Threads;
        private readonly int _blasThreads;
        private bool _restored;

        internal OneThread()
        {
            Threads = 1;
            Status.Check(Native.ah_set_blas_threads(1, out _blasThreads));
        }

        public void Dispose()
        {
            if (_restored)
                return;
            _restored = true;
            Threads = _threads;
            Status.Check(Native.ah_set_blas_threads(_blasThreads, out _));
        }
    }
}
