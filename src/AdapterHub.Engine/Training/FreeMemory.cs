using System.Globalization;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>Memory that a run may still take.</summary>
internal static class FreeMemory
{
    /// <summary>Bytes on the device: what the driver has and what libtorch's allocator keeps unused; on the CPU what Linux calls available, within the container's limit.</summary>
    public static long Of(Device device)
    {
        if (device.IsCuda)
        {
            var statistics = CudaRuntime.Memory(device.Index);
            return CudaRuntime.GetDevice(device.Index).FreeBytes + statistics.ReservedBytes - statistics.LiveBytes;
        }

        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet;
        return Math.Max(0, Math.Min(limit, FindAvailable() ?? long.MaxValue));
    }

    /// <summary>MemAvailable of /proc/meminfo (proc(5)), in bytes.</summary>
    private static long? FindAvailable()
    {
        const string file = "/proc/meminfo";
        if (!File.Exists(file))
            return null;
        var line = File.ReadLines(file).FirstOrDefault(text => text.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return line is not null && long.TryParse(line.AsSpan(13).Trim(" kB"), NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes)
            ? kibibytes * 1024
            : null;
    }
}
