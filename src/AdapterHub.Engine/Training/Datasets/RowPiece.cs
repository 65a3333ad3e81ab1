namespace AdapterHub.Engine.Training.Datasets;

/// <summary>
/// A stretch of a document inside a row: <paramref name="Length"/> positions that read tokens Start, Start+1, ... and predict Start+1, Start+2, ...
/// </summary>
public readonly record struct RowPiece(ITokenDocuments Documents, int Document, long Start, int Length);

/// <summary>Rows in the order of an epoch. The number of rows is the same in every epoch; their content and order may differ.</summary>
public interface IRowSource
{
    /// <summary>S, positions a row.</summary>
    int SequenceLength { get; }

    int RowsPerEpoch { get; }

    /// <summary>Hex sha256 of all that decides the rows: documents, options and seed.</summary>
    string Digest { get; }

    /// <summary>Replaces <paramref name="pieces"/> by those of one row; together they are at most S long. Not safe to call from two threads.</summary>
    void GetRow(int epoch, int row, List<RowPiece> pieces);
}
