namespace AdapterHub.Engine.Training.Datasets;

/// <summary>
/// B rows of S positions, flattened row by row. Labels are shifted already: position i sees <c>InputIds[i]</c> and has to predict <c>Labels[i]</c>, so the
/// loss compares logits and labels position by position. A document of n tokens takes n - 1 positions: its last token is predicted and never read. Where a
/// document goes on in another row, the last label of this row is the first token there.
/// </summary>
public sealed class TrainingBatch
{
    /// <summary>Label without loss: untrained tokens and padding.</summary>
    public const int Ignored = -100;

    public required int BatchSize { get; init; }

    public required int SequenceLength { get; init; }

    /// <summary>(B*S) token ids; padding is 0.</summary>
    public required int[] InputIds { get; init; }

    /// <summary>(B*S) the token to predict, or <see cref="Ignored"/>.</summary>
    public required int[] Labels { get; init; }

    /// <summary>(B*S) from 0 at every boundary.</summary>
    public required int[] Positions { get; init; }

    /// <summary>
    /// Where stretches that attend only to themselves begin, ascending: first 0, last B*S. Every row begins one; the padding of a row is one of its own.
    /// </summary>
    public int[] CumulativeLengths { get; internal set; } = [];

    /// <summary>Labels other than <see cref="Ignored"/>.</summary>
    public int LossTokens { get; internal set; }

    /// <summary>Positions that are not padding.</summary>
    public int FilledPositions { get; internal set; }

    /// <summary>True when every row is one stretch, so that plain causal attention over rows of S is the same thing.</summary>
    public bool IsOneStretchPerRow => CumulativeLengths.Length == BatchSize + 1;

    /// <summary>Longest stretch, in positions.</summary>
    public int LongestStretch
    {
        get
        {
            var longest = 0;
            for (var k = 1; k < CumulativeLengths.Length; k++)
                longest = Math.Max(longest, CumulativeLengths[k] - CumulativeLengths[k - 1]);
            return longest;
        }
    }

    public static TrainingBatch Create(int batchSize, int sequenceLength)
    {
        var positions = checked(batchSize * sequenceLength);
        return new TrainingBatch
        {
            BatchSize = batchSize,
            SequenceLength = sequenceLength,
            InputIds = new int[positions],
            Labels = new int[positions],
            Positions = new int[positions],
        };
    }
}
