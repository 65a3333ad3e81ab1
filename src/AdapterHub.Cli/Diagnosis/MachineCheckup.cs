using System.Globalization;
using System.Runtime.InteropServices;
using AdapterHub.Cli.Output;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Diagnosis;

/// <summary>The machine without libtorch: runtime, processor, memory, disk, folders, base models.</summary>
internal static class MachineCheckup
{
    private const long LittleMemory = 1L << 30;
    private const long LittleDisk = 1L << 30;

    public static IEnumerable<Finding> Run() => [Runtime(), Processor(), Memory(), Disk("disk", Environment.CurrentDirectory), Cache(), Bases()];

    private static Finding Runtime() => new(".NET", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");

    private static Finding Processor()
    {
        var name = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[^1].Trim()
            : null;
        return new Finding("processor", $"{name ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} usable");
    }

    private static Finding Memory()
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var free = Math.Min(total, FreeMemory() ?? total);
        var text = $"{Words.Bytes(free)} of {Words.Bytes(total)} free";
        return free >= LittleMemory
            ? new Finding("memory", text)
            : new Finding("memory", text, Verdict.Note, "Close other programs, or train with a smaller --batch and --seq or with --checkpoint-activations.");
    }

    private static Finding Disk(string subject, string folder)
    {
        var drive = new DriveInfo(folder);
        var text = $"{Words.Bytes(drive.AvailableFreeSpace)} free in {folder}";
        return drive.AvailableFreeSpace >= LittleDisk
            ? new Finding(subject, text)
            : new Finding(subject, text, Verdict.Problem, "Checkpoints and adapters need room: free at least 1 GiB, or work in another folder.");
    }

    private static Finding Cache()
    {
        var folder = CacheFolder.Path;
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return Disk("cache", folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Finding("cache", $"{folder} cannot be written: {exception.Message}", Verdict.Problem, "Set ADAPTERHUB_CACHE to a folder that you may write to.");
        }
    }

    private static Finding Bases()
    {
        var models = BaseModels.OnThisMachine.List();
        return models.Count > 0
            ? new Finding("base models", string.Join(", ", models.Select(model => $"{model.Name} ({model.Directory})")))
            : new Finding("base models", "none with a name", Verdict.Note, "Name the folder of one with --base, or put it under $ADAPTERHUB_HOME/models.");
    }

    private static long? FreeMemory()
    {
        const string key = "MemAvailable:";
        var line = File.Exists("/proc/meminfo") ? File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) : null;
        return line is not null && long.TryParse(line.AsSpan(key.Length).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes)
            ? kibibytes * 1024
            : null;
    }
}
