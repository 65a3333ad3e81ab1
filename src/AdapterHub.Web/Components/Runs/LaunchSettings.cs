using System.Globalization;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Where the text of a run comes from.</summary>
internal enum TextOrigin
{
    Catalogue,
    Uploaded,
    Pasted,
}

/// <summary>The settings of the launch page's form; what is null takes the program's default.</summary>
public sealed class LaunchSettings
{
    public const string Quick = "Quick try", Balanced = "Balanced", Thorough = "Thorough";

    public static IReadOnlyList<string> Presets { get; } = [Quick, Balanced, Thorough];

    public string Preset { get; private set; } = Balanced;
    public int Rank { get; set; } = 16;
    public double Alpha { get; set; } = 32;
    public double Dropout { get; set; }
    public string Targets { get; set; } = "all-linear";
    public bool RankStabilised { get; set; }
    public int? Steps { get; set; }
    public double? Epochs { get; set; } = 3;
    public double? LearningRate { get; set; }
    public string Schedule { get; set; } = "cosine";
    public int? Warmup { get; set; }
    public double? WeightDecay { get; set; }
    public int? BatchSize { get; set; }
    public int Accumulate { get; set; } = 1;
    public int? SequenceLength { get; set; }
    public long Seed { get; set; } = 1;
    public int? EvaluateEvery { get; set; }
    public int? CheckpointEvery { get; set; }
    public string Split { get; set; } = "file";
    public string Device { get; set; } = "auto";
    public string Samples { get; set; } = "";

    public static string Describe(string preset) => preset switch
    {
        Quick => "100 steps of rank 8: minutes, to see whether it learns at all.",
        Thorough => "Five readings at rank 32: the most it can take from the text.",
        _ => "Three readings at rank 16: right for most texts.",
    };

    /// <summary>Sets what the preset is about and leaves the rest.</summary>
    public void Use(string preset)
    {
        Preset = preset;
        (Rank, Alpha, Steps, Epochs) = preset switch { Quick => (8, 16, 100, null), Thorough => (32, 64, (int?)null, (double?)5), _ => (16, 32, null, 3) };
    }

    public TrainSpec ToSpec(string baseModel, string text) => new()
    {
        Base = baseModel, Output = "output", Device = Device, Data = new TextSource { Files = [text], Split = Split },
        Lora = new LoraSettings { Rank = Rank, Alpha = Alpha, Dropout = Dropout, RankStabilised = RankStabilised, Targets = [.. Targets.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)] },
        Loop = new LoopSettings
        {
            Steps = Steps, Epochs = Steps is null ? Epochs : null, LearningRate = LearningRate, Schedule = Schedule, Warmup = Warmup, WeightDecay = WeightDecay, BatchSize = BatchSize,
            Accumulate = Accumulate, SequenceLength = SequenceLength, Seed = (ulong)Math.Max(0, Seed), EvaluateEvery = EvaluateEvery, CheckpointEvery = CheckpointEvery,
            Samples = [.. Samples.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        },
    };

    /// <summary>A number as a form writes it; null for an empty field.</summary>
    public static string Text(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
