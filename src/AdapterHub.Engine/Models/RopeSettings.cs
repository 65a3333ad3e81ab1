namespace AdapterHub.Engine.Models;

/// <summary>How positions turn queries and keys (Su et al. 2021), with the long-context scaling of the checkpoint.</summary>
public sealed record RopeSettings
{
    public double Theta { get; init; } = 10_000;

    /// <summary>"default", "linear" or "llama3".</summary>
    public string Type { get; init; } = "default";

    public double Factor { get; init; } = 1;
    public double LowFrequencyFactor { get; init; } = 1;
    public double HighFrequencyFactor { get; init; } = 4;
    public double OriginalContextLength { get; init; } = 8192;

    /// <summary>Angle a position for each of width / 2 pairs, in f32 as transformers computes them (modeling_rope_utils.py).</summary>
    public float[] InverseFrequencies(int width)
    {
        var result = new float[width / 2];
        for (var i = 0; i < result.Length; i++)
        {
            var frequency = 1f / MathF.Pow((float)Theta, 2f * i / width);
            result[i] = Type switch
            {
                "linear" => (float)(frequency / Factor),
                "llama3" => Llama3(frequency),
                _ => frequency,
            };
        }

        return result;
    }

    // Llama 3.1: long waves are stretched by the factor, short ones stay, those between are mixed.
    private float Llama3(float frequency)
    {
        var wave = 2 * Math.PI / frequency;
        if (wave > OriginalContextLength / LowFrequencyFactor)
            return (float)(frequency / Factor);
        if (wave < OriginalContextLength / HighFrequencyFactor)
            return frequency;
        var smooth = (OriginalContextLength / wave - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
        return (float)((1 - smooth) * frequency / Factor + smooth * frequency);
    }
}
