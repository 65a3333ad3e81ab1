namespace AdapterHub.Protocol.Runs;

/// <summary>What can be said of a run before it starts, by arithmetic alone. Estimates, each of which says what it is made of.</summary>
/// <param name="Steps">Optimiser steps.</param>
/// <param name="TokensRead">Positions read in all, padding included.</param>
/// <param name="Seconds">Null where no speed is known.</param>
/// <param name="Warnings">What will probably go wrong, for people.</param>
public sealed record RunForecast(int Steps, long TokensRead, double? Seconds, IReadOnlyList<string> Warnings)
{
    /// <summary>English text in a byte-level vocabulary takes about so many bytes a token.</summary>
    public const double BytesPerToken = 3.6;

    /// <summary>Fewer steps a reading teach a rank this high the text by heart.</summary>
    private const int FewTokensPerRank = 250;
    private const int UsualBatch = 8, UsualSequence = 512, UsualEpochs = 3;

    /// <param name="settings">As asked for; what is null takes the program's default.</param>
    /// <param name="bytes">Of the text that is learnt from.</param>
    /// <param name="tokensPerSecond">Of earlier runs like it; null where there were none.</param>
    public static RunForecast Of(TrainSpec settings, long bytes, double? tokensPerSecond)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var loop = settings.Loop;
        var tokens = Math.Max(1, (long)(bytes / BytesPerToken));
        var sequence = loop.SequenceLength ?? UsualSequence;
        var rows = Math.Max(1, (tokens + sequence - 1) / sequence);
        var batch = loop.BatchSize ?? (int)Math.Min(UsualBatch, rows);
        var perStep = (long)batch * Math.Max(1, loop.Accumulate) * sequence;
        var asked = loop.Steps ?? (loop.Tokens is { } total ? total / (double)perStep : (loop.Epochs ?? UsualEpochs) * tokens / perStep);
        var steps = (int)Math.Clamp(Math.Ceiling(asked), 1, int.MaxValue);
        List<string> warnings = [];
        if (tokens < (long)settings.Lora.Rank * FewTokensPerRank)
            warnings.Add($"The text is short for rank {settings.Lora.Rank} (about {tokens} tokens): the adapter may learn it by heart. A lower rank or more text generalises better.");
        if (steps * (double)perStep / tokens > 20)
            warnings.Add($"The text is read about {Math.Round(steps * (double)perStep / tokens)} times: watch the held-out loss, it will probably rise.");
        return new RunForecast(steps, steps * perStep, tokensPerSecond is > 0 ? steps * perStep / tokensPerSecond : null, warnings);
    }
}
