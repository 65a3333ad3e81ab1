using System.Diagnostics;
using System.Globalization;
using AdapterHub.Cli.Output;
using AdapterHub.Torch;
using AdapterHub.Torch.Interop;

namespace AdapterHub.Cli.Diagnosis;

/// <summary>libtorch: which one, how fast its matrix product and its calls are, which GPUs it sees.</summary>
internal static class TorchCheckup
{
    /// <summary>Below this the reference BLAS is at work: OpenBLAS and MKL give ten times as much on one core.</summary>
    private const double SlowGigaflops = 20;

    private const double TargetCallMicroseconds = 2;
    private const string InstallBlas = "sudo apt-get install -y --no-install-recommends libopenblas0-pthread";

    public static IEnumerable<Finding> Run()
    {
        Finding? missing = null;
        try
        {
            _ = TorchRuntime.Version;
        }
        catch (TorchException exception)
        {
            missing = new Finding("libtorch", exception.Message, Verdict.Problem,
                "Debian: sudo apt-get install -y --no-install-recommends libtorch-dev libopenblas0-pthread g++ cmake; then ADAPTERHUB_REBUILD=1 ./adapterhub doctor");
        }

        if (missing is not null)
            return [missing];
        var libraries = LoadedLibraries();
        return [Library(libraries), Threads(), .. Blas(libraries), Call(), .. Graphics()];
    }

    private static Finding Library(IReadOnlyList<string> libraries)
    {
        var folder = Path.GetDirectoryName(libraries.FirstOrDefault(path => Path.GetFileName(path).StartsWith("libtorch_cpu", StringComparison.Ordinal))) ?? "unknown place";
        var origin = Environment.GetEnvironmentVariable("ADAPTERHUB_LIBTORCH") is { Length: > 0 } set && folder.StartsWith(Path.GetFullPath(set), StringComparison.Ordinal)
            ? "ADAPTERHUB_LIBTORCH"
            : folder.Contains("-packages", StringComparison.Ordinal) ? "python3's torch package" : "the system's";
        return new Finding("libtorch", $"{TorchRuntime.Version}, {origin}: {folder}");
    }

    private static Finding Threads() => TorchRuntime.Threads >= Environment.ProcessorCount
        ? new Finding("threads", $"{TorchRuntime.Threads} of {Environment.ProcessorCount} processors")
        : new Finding("threads", $"{TorchRuntime.Threads} of {Environment.ProcessorCount} processors", Verdict.Note,
            "libtorch leaves processors idle; unset OMP_NUM_THREADS and MKL_NUM_THREADS");

    private static IEnumerable<Finding> Blas(IReadOnlyList<string> libraries)
    {
        var speed = MeasureMatrixProduct(1024);
        var text = string.Create(CultureInfo.InvariantCulture, $"{speed:0} GFLOP/s (f32 product of 1024 x 1024){NameOfBlas(libraries)}");
        yield return speed >= SlowGigaflops
            ? new Finding("BLAS", text)
            : new Finding("BLAS", text, Verdict.Problem,
                $"The reference BLAS is at work, training and generating are up to 70 times slower than need be. Install OpenBLAS: {InstallBlas}");
    }

    private static string NameOfBlas(IReadOnlyList<string> libraries)
    {
        var names = libraries.Select(path => Path.GetFileName(path)).ToList();
        return names.Any(name => name.StartsWith("libopenblas", StringComparison.Ordinal) || name.Contains("openblas", StringComparison.Ordinal)) ? ", OpenBLAS"
            : names.Any(name => name.StartsWith("libmkl", StringComparison.Ordinal)) || TorchRuntime.BuildSettings.Contains("BLAS_INFO=mkl", StringComparison.Ordinal) ? ", MKL"
            : libraries.FirstOrDefault(path => Path.GetFileName(path).StartsWith("libblas", StringComparison.Ordinal)) is { } blas ? $", {blas}"
            : "";
    }

    private static Finding Call()
    {
        var microseconds = MeasureScalarAdd();
        var text = string.Create(CultureInfo.InvariantCulture, $"{microseconds:0.00} microseconds (aten::add on one element)");
        return microseconds <= TargetCallMicroseconds
            ? new Finding("call", text)
            : new Finding("call", text, Verdict.Note,
                $"The target is {TargetCallMicroseconds} microseconds; a busy machine or a Debug build explains more. Build with -c Release and look again.");
    }

    private static IEnumerable<Finding> Graphics()
    {
        var count = CudaRuntime.DeviceCount;
        for (var index = 0; index < count; index++)
        {
            var device = CudaRuntime.GetDevice(index);
            yield return new Finding($"cuda:{index}",
                $"{device.Name}, {Words.Bytes(device.FreeBytes)} of {Words.Bytes(device.TotalBytes)} free, capability {device.ComputeCapability}, {device.Multiprocessors} multiprocessors");
        }

        if (count == 0)
            yield return File.Exists("/proc/driver/nvidia/version")
                ? new Finding("GPU", "the machine has an NVIDIA driver, but this libtorch sees no GPU", Verdict.Problem,
                    "Install PyTorch with CUDA for python3 (pip install torch), or set ADAPTERHUB_LIBTORCH to the folder of such a package; then ADAPTERHUB_REBUILD=1 ./adapterhub doctor")
                : new Finding("GPU", "none; the CPU computes");
    }

    /// <summary>2 n^3 operations; the best of several, so that a busy moment does not count.</summary>
    private static double MeasureMatrixProduct(int n)
    {
        using var scope = new TensorScope();
        var a = Tensor.Randn([n, n]);
        var best = double.MaxValue;
        for (var round = 0; round < 6 && best > 0; round++)
        {
            var start = Stopwatch.GetTimestamp();
            using (a.Matmul(a))
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (best > 2)
                break;
        }

        return 2.0 * n * n * n / best / 1e9;
    }

    private static double MeasureScalarAdd()
    {
        const int calls = 2_000;
        var add = Operator.Get("aten::add", "Tensor");
        using var one = Tensor.From<float>([1f]);
        using var grad = Grad.Disable();
        var best = double.MaxValue;
        for (var round = 0; round < 40; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var call = 0; call < calls; call++)
                using (add.Call(one, one))
                {
                }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls);
        }

        return best;
    }

    /// <summary>The shared libraries this process has mapped.</summary>
    private static List<string> LoadedLibraries() => File.Exists("/proc/self/maps")
        ? [.. File.ReadLines("/proc/self/maps").Select(line => line[Math.Max(0, line.IndexOf('/', StringComparison.Ordinal))..])
            .Where(path => path.Contains(".so", StringComparison.Ordinal)).Distinct()]
        : [];
}
