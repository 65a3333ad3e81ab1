using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>The machine in a few words, for reports and cards.</summary>
internal static class Hardware
{
    public static string Describe(Device device)
    {
        if (device.IsCuda)
            return $"{CudaRuntime.GetDevice(device.Index).Name}, libtorch {TorchRuntime.Version}";
        var threads = TorchRuntime.Threads;
        return $"{ProcessorName()}, {threads} thread{(threads == 1 ? "" : "s")}, libtorch {TorchRuntime.Version}";
    }

    /// <summary>"model name" of /proc/cpuinfo (proc(5)).</summary>
    private static string ProcessorName()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? "CPU" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
