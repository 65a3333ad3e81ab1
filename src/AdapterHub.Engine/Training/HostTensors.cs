using System.Collections.Immutable;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>f32 tensors to and from files in parts, so that no whole copy lies in managed memory and none has to fit an array.</summary>
internal static class HostTensors
{
    private const int PartElements = 4 << 20;

    public static SafetensorsSource Source(string name, Tensor tensor) =>
        new(name, SafetensorsDtype.F32, ImmutableArray.Create(tensor.Shape), stream => WriteTo(stream, tensor));

    /// <summary>Overwrites a tensor's elements with those of a file.</summary>
    public static void Load(SafetensorsFile file, SafetensorsTensor source, Tensor target)
    {
        using var noGrad = Grad.Disable();
        using var scope = new TensorScope();
        var flat = target.View(-1);
        var buffer = new byte[Math.Min(PartElements, target.Count) * sizeof(float)];
        foreach (var (start, count) in Parts(target.Count))
        {
            var part = buffer.AsSpan(0, count * sizeof(float));
            file.Read(source, start * sizeof(float), part);
            using var values = Tensor.FromBytes(part, DType.Float32, [count]);
            flat.Narrow(0, start, count).Copy_(values);
        }
    }

    private static void WriteTo(Stream stream, Tensor tensor)
    {
        using var noGrad = Grad.Disable();
        using var scope = new TensorScope();
        var flat = tensor.Contiguous().View(-1);
        var buffer = new byte[Math.Min(PartElements, tensor.Count) * sizeof(float)];
        foreach (var (start, count) in Parts(tensor.Count))
        {
            var part = buffer.AsSpan(0, count * sizeof(float));
            flat.Narrow(0, start, count).CopyTo(part);
            stream.Write(part);
        }
    }

    private static IEnumerable<(long Start, int Count)> Parts(long elements)
    {
        for (long start = 0; start < elements; start += PartElements)
            yield return (start, (int)Math.Min(PartElements, elements - start));
    }
}
