using System.Globalization;

namespace AdapterHub.Torch;

/// <summary>Numbered as <c>c10::DeviceType</c>.</summary>
public enum DeviceType
{
    Cpu = 0,
    Cuda = 1,
}

/// <summary>Where a tensor lives. The CPU's index is always -1.</summary>
public readonly record struct Device(DeviceType Type, int Index)
{
    public static Device Cpu { get; } = new(DeviceType.Cpu, -1);

    public static Device Cuda(int index = 0) => new(DeviceType.Cuda, index);

    public bool IsCuda => Type == DeviceType.Cuda;

    /// <summary>"cpu", "cuda", "cuda:1", or "auto": the first GPU where there is one.</summary>
    /// <exception cref="FormatException">The text names no device.</exception>
    public static Device Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.ToUpperInvariant() switch
        {
            "CPU" => Cpu,
            "CUDA" => Cuda(),
            "AUTO" => CudaRuntime.DeviceCount > 0 ? Cuda() : Cpu,
            _ when text.StartsWith("cuda:", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index) => Cuda(index),
            _ => throw new FormatException($"'{text}' is no device. Use cpu, cuda, cuda:N or auto."),
        };
    }

    public override string ToString() => Type == DeviceType.Cpu ? "cpu" : $"cuda:{Index}";

    internal int Native => ((int)Type << 8) | (byte)Index;

    internal static Device FromNative(int native) => new((DeviceType)(native >> 8), (sbyte)(native & 0xff));
}
