using AdapterHub.Torch;

namespace AdapterHub.Engine.Models;

/// <summary>Cosines and sines (context, head width / 2) f32 of every position and pair.</summary>
internal sealed class RotaryTable : IDisposable
{
    internal RotaryTable(ModelConfig config, Device device)
    {
        var frequencies = config.Rope.InverseFrequencies(config.HeadDim);
        var (cosines, sines) = (new float[(long)config.ContextLength * frequencies.Length], new float[(long)config.ContextLength * frequencies.Length]);
        for (var position = 0; position < config.ContextLength; position++)
            for (var i = 0; i < frequencies.Length; i++)
                (sines[position * frequencies.Length + i], cosines[position * frequencies.Length + i]) = MathF.SinCos(position * frequencies[i]);
        Cosines = Place(cosines, config.ContextLength, frequencies.Length, device);
        Sines = Place(sines, config.ContextLength, frequencies.Length, device);
    }

    internal Tensor Cosines { get; }
    internal Tensor Sines { get; }

    public void Dispose()
    {
        Cosines.Dispose();
        Sines.Dispose();
    }

    private static Tensor Place(float[] values, long rows, long columns, Device device)
    {
        using var host = Tensor.From<float>(values, rows, columns);
        return TensorScope.Detach(host.To(device));
    }
}
