namespace AdapterHub.Engine.Training.Datasets;

/// <summary>Tokenised documents by number: in memory, in a file, or a part of either. Safe to read from several threads.</summary>
public interface ITokenDocuments
{
    int Count { get; }

    /// <summary>Tokens of all documents.</summary>
    long TokenCount { get; }

    /// <summary>False when every token is to be predicted with loss.</summary>
    bool HasLossMask { get; }

    /// <summary>Hex sha256 that is equal only for equal documents in equal order.</summary>
    string Digest { get; }

    /// <summary>Tokens of one document, at least one.</summary>
    long GetLength(int document);

    RowFit GetFit(int document);

    /// <summary>Copies tokens from <paramref name="start"/> on, as many as the span holds.</summary>
    void ReadTokens(int document, long start, Span<int> tokens);

    /// <summary>Copies, for the same tokens, whether they are predicted with loss.</summary>
    void ReadLossMask(int document, long start, Span<bool> mask);
}
