using System.Globalization;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>Where a stream of batches stands: the next row it will read.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Row">In the order of the epoch, from 0.</param>
/// <param name="Source">Digest of the rows; a position in other data means nothing.</param>
public sealed record DataPosition(int Epoch, long Row, string Source);

/// <summary>
/// Batches without end: epoch follows epoch, and a batch may take its last rows from the next epoch, so that every batch is full and no row is left out.
/// From a saved <see cref="DataPosition"/> it goes on with exactly the batch that would have come.
/// </summary>
public sealed class BatchStream
{
    private readonly IRowSource _rows;
    private readonly List<RowPiece> _pieces = [];
    private int _epoch;
    private int _row;

    /// <exception cref="DatasetException">Fewer rows than a batch, or a position of other data.</exception>
    public BatchStream(IRowSource rows, int batchSize, DataPosition? from = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        _rows = rows;
        BatchSize = batchSize;
        if (rows.RowsPerEpoch < batchSize)
            throw new DatasetException(DescribeTooSmall(rows, batchSize));
        if (from is null)
            return;
        if (from.Source != rows.Digest || from.Epoch < 0 || from.Row < 0 || from.Row > rows.RowsPerEpoch)
        {
            throw new DatasetException(
                "the data, the tokenizer, the sequence length or the seed is not what the checkpoint was trained with, so its place in the data is unknown; " +
                "resume with the same, or start a new run");
        }

        (_epoch, _row) = (from.Epoch, (int)from.Row);
    }

    public int BatchSize { get; }

    /// <summary>Where the next batch begins.</summary>
    public DataPosition Position => new(_epoch, _row, _rows.Digest);

    /// <summary>Batches in one epoch; not a whole number when the rows do not divide.</summary>
    public double BatchesPerEpoch => (double)_rows.RowsPerEpoch / BatchSize;

    /// <summary>The next batch.</summary>
    /// <param name="reuse">A batch of the same shape that is no longer needed, to be overwritten.</param>
    public TrainingBatch Next(TrainingBatch? reuse = null)
    {
        var batch = reuse ?? TrainingBatch.Create(BatchSize, _rows.SequenceLength);
        if (batch.BatchSize != BatchSize || batch.SequenceLength != _rows.SequenceLength)
            throw new ArgumentException($"The batch is {batch.BatchSize} x {batch.SequenceLength}, not {BatchSize} x {_rows.SequenceLength}.", nameof(reuse));
        var writer = new BatchWriter(batch);
        for (var k = 0; k < BatchSize; k++)
        {
            if (_row == _rows.RowsPerEpoch)
                (_epoch, _row) = (_epoch + 1, 0);
            _rows.GetRow(_epoch, _row++, _pieces);
            writer.AddRow(_pieces);
        }

        return writer.Complete();
    }

    /// <summary>Every row of the first epoch once, for evaluation; the last batch is filled up with rows of padding.</summary>
    /// <param name="mostBatches">Ends early after this many.</param>
    public static IEnumerable<TrainingBatch> OnePass(IRowSource rows, int batchSize, int mostBatches = int.MaxValue)
    {
        var pieces = new List<RowPiece>();
        for (var row = 0; row < rows.RowsPerEpoch && mostBatches-- > 0; row += batchSize)
        {
            var writer = new BatchWriter(TrainingBatch.Create(batchSize, rows.SequenceLength));
            for (var k = row; k < Math.Min(row + batchSize, rows.RowsPerEpoch); k++)
            {
                rows.GetRow(0, k, pieces);
                writer.AddRow(pieces);
            }

            yield return writer.Complete();
        }
    }

    private static string DescribeTooSmall(IRowSource rows, int batchSize)
    {
        var shorter = (long)rows.RowsPerEpoch * rows.SequenceLength / batchSize;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the training data fills {rows.RowsPerEpoch} rows of {rows.SequenceLength} tokens, fewer than a batch of {batchSize}: " +
            $"set the batch size to {rows.RowsPerEpoch} or less, shorten the sequence length to about {Math.Max(1, shorter)}, or add data");
    }
}
