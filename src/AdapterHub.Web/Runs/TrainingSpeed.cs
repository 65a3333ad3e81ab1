using System.Globalization;
using AdapterHub.Catalog.Runs;

namespace AdapterHub.Web.Runs;

/// <summary>How fast a run will probably learn, and how that is known.</summary>
/// <param name="Source">A sentence for people.</param>
public sealed record TrainingSpeed(double TokensPerSecond, string Source, bool IsGuess)
{
    // README, "Figures": LoRA r 16 on all linears. Parameters with embeddings; tokens a second.
    private const double GpuSmall = 162.8e6, GpuSmallSpeed = 223_017, GpuLarge = 1.498e9, GpuLargeSpeed = 75_574;
    private const double CpuParameters = 13.9e6, CpuSpeed = 1_807;

    /// <summary>Dense bf16 (f16 where there is no bf16) tensor throughput in TFLOP/s, from NVIDIA's data sheets; a part of the device's name. The first that fits counts.</summary>
    private static readonly (string Name, double Teraflops)[] Cards =
    [
        ("H200", 989), ("H100", 989), ("B200", 2250), ("A100", 312), ("L40S", 362), ("L4", 121), ("A10", 125), ("A6000", 155), ("4090", 165), ("3090", 71), ("V100", 125), ("T4", 65),
    ];

    /// <summary>The worker's own runs of the base, else those of others with the same kind of device, else a guess.</summary>
    /// <param name="device">As the worker calls it.</param>
    /// <param name="parameters">Of the base model; null where its sizes are not known.</param>
    public static TrainingSpeed? Find(IReadOnlyList<RunSpeed> measured, string worker, bool hasGpu, string? device, long? parameters)
    {
        ArgumentNullException.ThrowIfNull(measured);
        if (measured.FirstOrDefault(one => one.Worker == worker) is { } own)
            return new TrainingSpeed(own.TokensPerSecond, $"measured in {Runs(own.Runs)} of this base on {worker}", false);
        var alike = measured.Where(one => one.HasGpu == hasGpu).ToList();
        if (alike.Count > 0)
        {
            var runs = alike.Sum(one => one.Runs);
            return new TrainingSpeed(
                alike.Sum(one => one.TokensPerSecond * one.Runs) / runs, $"measured in {Runs(runs)} of this base on another worker with {(hasGpu ? "a GPU" : "a processor alone")}", false);
        }

        return parameters is > 0 and var size ? hasGpu ? GuessGpu(device, size) : GuessCpu(size) : null;
    }

    private static TrainingSpeed GuessCpu(long parameters) =>
        new(CpuSpeed * CpuParameters / parameters, "a guess: no run of this base was measured; scaled by size from 1,807 tokens a second, measured at 14 M parameters on two cores", true);

    private static TrainingSpeed GuessGpu(string? device, long parameters)
    {
        var slope = Math.Log(GpuLargeSpeed / GpuSmallSpeed) / Math.Log(GpuLarge / GpuSmall);
        // Beyond what was measured the work alone counts.
        var onH100 = parameters <= GpuLarge ? GpuSmallSpeed * Math.Pow(parameters / GpuSmall, slope) : GpuLargeSpeed * GpuLarge / parameters;
        var card = Array.Find(Cards, card => device?.Contains(card.Name, StringComparison.OrdinalIgnoreCase) == true);
        return card.Name is null
            ? new TrainingSpeed(onH100, "a guess: no run of this base was measured; from figures of an H100, and another card is probably slower", true)
            : new TrainingSpeed(onH100 * card.Teraflops / Cards[1].Teraflops, string.Create(CultureInfo.InvariantCulture, $"a guess: no run of this base was measured; from figures of an H100, scaled to the {card.Teraflops} TFLOP/s of a {card.Name}"), true);
    }

    private static string Runs(int count) => count == 1 ? "one run" : $"the last {count} runs";
}
