using System.Runtime.InteropServices;

namespace AdapterHub.Torch.Interop;

/// <summary>
/// libtorch on Debian brings two thread pools, OpenMP's and OpenBLAS's, each as large as the machine. By default the threads of
/// the one spin for milliseconds after their work and take the processors from the other: training on two cores ran at half its
/// speed. A short spin keeps the wake-up cheap and yields soon. The libraries read these settings while they are loaded, and
/// from the process's own environment, which .NET does not write to; a value that the user has set stays.
/// </summary>
internal static partial class ThreadPools
{
    internal static void Settle()
    {
        if (!OperatingSystem.IsLinux())
            return;
        _ = setenv("GOMP_SPINCOUNT", "10000", 0);         // libgomp manual, "GOMP_SPINCOUNT"
        _ = setenv("OPENBLAS_THREAD_TIMEOUT", "4", 0);    // 2^4 cycles, the least (OpenBLAS, driver/others/openblas_env.c)
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
