namespace AdapterHub.Engine.Training.Datasets;

/// <summary>
/// Places documents in rows of S positions. Running text fills rows to the end; what may not be cut goes, longest first, into the tightest row it fits
/// (best-fit decreasing), so that padding is left only at the ends of few rows.
/// </summary>
internal sealed class RowPlanner
{
    private readonly int _sequenceLength;
    private readonly bool _packing;
    private readonly List<(int Row, PlannedPiece Piece)> _placed = [];
    private readonly List<PlannedPiece> _waiting = [];
    private int _rows;
    private int _flowRow = -1;
    private int _flowRoom;

    public RowPlanner(int sequenceLength, bool packing)
    {
        _sequenceLength = sequenceLength;
        _packing = packing;
    }

    public void Add(int document, RowFit fit, long positions)
    {
        if (_packing && fit == RowFit.Flow)
            Flow(document, positions);
        else
            Keep(document, fit == RowFit.Truncate ? Math.Min(positions, _sequenceLength) : positions);
    }

    /// <param name="random">Shuffles the rows; null puts them in the order of the earliest document in each.</param>
    public RowPlan Complete(SplitMix64? random)
    {
        var open = new OpenRows(_sequenceLength);
        if (_flowRow >= 0)
            open.Add(_flowRow, _flowRoom);
        foreach (var piece in random is null ? _waiting : _waiting.OrderByDescending(piece => piece.Length).ToList())
        {
            if (!_packing || !open.TryTake(piece.Length, out var row, out var room))
                (row, room) = (_rows++, _sequenceLength);
            _placed.Add((row, piece));
            open.Add(row, room - piece.Length);
        }

        var order = new int[_rows];
        for (var row = 0; row < _rows; row++)
            order[row] = row;
        if (random is null)
            Array.Sort(FirstPieces(), order);
        else
            random.Shuffle(order.AsSpan());
        return RowPlan.Create(_placed, _rows, order);
    }

    private (int Document, long Start)[] FirstPieces()
    {
        var first = new (int Document, long Start)[_rows];
        Array.Fill(first, (int.MaxValue, 0));
        foreach (var (row, piece) in _placed)
        {
            if (piece.Document < first[row].Document)
                first[row] = (piece.Document, piece.Start);
        }

        return first;
    }

    private void Flow(int document, long positions)
    {
        for (long start = 0; start < positions;)
        {
            if (_flowRoom == 0)
                (_flowRow, _flowRoom) = (_rows++, _sequenceLength);
            var length = (int)Math.Min(_flowRoom, positions - start);
            _placed.Add((_flowRow, new PlannedPiece(document, start, length)));
            _flowRoom -= length;
            start += length;
        }
    }

    private void Keep(int document, long positions)
    {
        long start = 0;
        for (; positions - start >= _sequenceLength; start += _sequenceLength)
            _placed.Add((_rows++, new PlannedPiece(document, start, _sequenceLength)));
        if (start < positions)
            _waiting.Add(new PlannedPiece(document, start, (int)(positions - start)));
    }
}
