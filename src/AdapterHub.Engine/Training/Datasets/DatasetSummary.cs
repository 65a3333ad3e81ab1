namespace AdapterHub.Engine.Training.Datasets;

/// <summary>What the data is, in numbers, for the estimate before a run and the report after it.</summary>
public sealed record DatasetSummary
{
    public int Documents { get; init; }

    /// <summary>Tokens of all documents, those that truncation leaves out included.</summary>
    public long Tokens { get; init; }

    /// <summary>Labels with loss in one epoch.</summary>
    public long LossTokens { get; init; }

    /// <summary>Positions the model reads in one epoch, without padding.</summary>
    public long Positions { get; init; }

    /// <summary>Tokens of the longest document.</summary>
    public long LongestDocument { get; init; }

    /// <summary>Examples that lost their end because they are longer than a row.</summary>
    public int Truncated { get; init; }

    /// <summary>Documents left out because no position of theirs has a loss.</summary>
    public int Dropped { get; init; }

    /// <summary>Rows of one epoch.</summary>
    public int Rows { get; init; }

    /// <summary>S.</summary>
    public int SequenceLength { get; init; }

    /// <summary>Share of all positions that is not padding, 0 to 1.</summary>
    public double PackingEfficiency { get; init; }
}
