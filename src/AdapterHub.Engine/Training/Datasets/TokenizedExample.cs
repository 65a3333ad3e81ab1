namespace AdapterHub.Engine.Training.Datasets;

/// <summary>What may happen to a document that does not fit a row. The numbers are part of the token store's format.</summary>
public enum RowFit
{
    /// <summary>Running text: rows cut it anywhere, so that no row but the last needs padding.</summary>
    Flow = 0,

    /// <summary>Stays in one row where it fits; a longer one is cut into full rows and a rest.</summary>
    Keep = 1,

    /// <summary>Stays in one row; a longer one loses its end, because a part without its prompt would teach the wrong thing.</summary>
    Truncate = 2,
}

/// <summary>A document, or a part of one, as token ids.</summary>
/// <param name="Tokens">Token ids, the end-of-text id included.</param>
/// <param name="LossMask">As long as <paramref name="Tokens"/>; true where the token is to be predicted with loss.</param>
public sealed record TokenizedExample(int[] Tokens, bool[] LossMask)
{
    public RowFit Fit { get; init; } = RowFit.Keep;

    /// <summary>False when the next example continues this document.</summary>
    public bool EndsDocument { get; init; } = true;
}
