using System.Buffers;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>Fills a batch row by row.</summary>
internal sealed class BatchWriter
{
    private readonly List<int> _boundaries = [];
    private readonly TrainingBatch _batch;
    private int _rows;

    public BatchWriter(TrainingBatch batch)
    {
        _batch = batch;
        batch.LossTokens = 0;
        batch.FilledPositions = 0;
    }

    public void AddRow(List<RowPiece> pieces)
    {
        var at = _rows * _batch.SequenceLength;
        var end = at + _batch.SequenceLength;
        foreach (var piece in pieces)
        {
            Write(piece, at);
            at += piece.Length;
        }

        _batch.FilledPositions += at - (end - _batch.SequenceLength);
        if (at < end)
            Pad(at, end - at);
        _rows++;
    }

    /// <summary>Fills the rows not added with padding and closes the batch.</summary>
    public TrainingBatch Complete()
    {
        while (_rows < _batch.BatchSize)
            AddRow([]);
        _boundaries.Add(_batch.BatchSize * _batch.SequenceLength);
        _batch.CumulativeLengths = [.. _boundaries];
        return _batch;
    }

    private void Write(RowPiece piece, int at)
    {
        var length = piece.Length;
        var tokens = ArrayPool<int>.Shared.Rent(length + 1);
        piece.Documents.ReadTokens(piece.Document, piece.Start, tokens.AsSpan(0, length + 1));
        tokens.AsSpan(0, length).CopyTo(_batch.InputIds.AsSpan(at));
        tokens.AsSpan(1, length).CopyTo(_batch.Labels.AsSpan(at));
        ArrayPool<int>.Shared.Return(tokens);
        _batch.LossTokens += length - (piece.Documents.HasLossMask ? IgnoreUntrained(piece, at) : 0);
        Begin(at, length);
    }

    private int IgnoreUntrained(RowPiece piece, int at)
    {
        var mask = ArrayPool<bool>.Shared.Rent(piece.Length);
        piece.Documents.ReadLossMask(piece.Document, piece.Start + 1, mask.AsSpan(0, piece.Length));
        var ignored = 0;
        for (var k = 0; k < piece.Length; k++)
        {
            if (mask[k])
                continue;
            _batch.Labels[at + k] = TrainingBatch.Ignored;
            ignored++;
        }

        ArrayPool<bool>.Shared.Return(mask);
        return ignored;
    }

    private void Pad(int at, int length)
    {
        _batch.InputIds.AsSpan(at, length).Clear();
        _batch.Labels.AsSpan(at, length).Fill(TrainingBatch.Ignored);
        Begin(at, length);
    }

    private void Begin(int at, int length)
    {
        _boundaries.Add(at);
        for (var k = 0; k < length; k++)
            _batch.Positions[at + k] = k;
    }
}
