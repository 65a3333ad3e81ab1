using AdapterHub.Torch;

namespace AdapterHub.Worker;

/// <summary>Where and in which type a run computes, from the words of its spec.</summary>
public static class ComputePlace
{
    /// <exception cref="RunInputException">No device of that name on this machine.</exception>
    public static Device FindDevice(string name)
    {
        Device device;
        try
        {
            device = Device.Parse(name);
        }
        catch (FormatException exception)
        {
            throw new RunInputException($"--device: {exception.Message}", exception);
        }

        var count = CudaRuntime.DeviceCount;
        if (!device.IsCuda || device.Index < count)
            return device;
        throw new RunInputException(count == 0
            ? $"--device {name}: libtorch {TorchRuntime.Version} sees no GPU on this machine; use --device cpu. `adapterhub doctor` says more."
            : $"--device {name}: this machine's GPUs are {string.Join(", ", Enumerable.Range(0, count).Select(index => $"cuda:{index}"))}.");
    }

    /// <summary>"auto" is bf16 on a GPU and f32 on the CPU.</summary>
    public static DType FindType(string name, Device device) => name.ToUpperInvariant() switch
    {
        "F32" => DType.Float32,
        "BF16" => DType.BFloat16,
        "F16" => DType.Float16,
        _ => device.IsCuda ? DType.BFloat16 : DType.Float32,
    };

    /// <summary>As in a spec: "f32", "bf16", "f16".</summary>
    public static string Name(DType type) => type switch
    {
        DType.Float32 => "f32",
        DType.BFloat16 => "bf16",
        DType.Float16 => "f16",
        _ => type.ToString(),
    };
}
