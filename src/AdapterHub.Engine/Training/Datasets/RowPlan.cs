using System.Numerics;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>A piece without its document set, which a plan has only one of.</summary>
internal readonly record struct PlannedPiece(int Document, long Start, int Length);

/// <summary>Rows of one epoch in the order they are trained.</summary>
internal sealed class RowPlan
{
    private readonly PlannedPiece[] _pieces;
    private readonly int[] _firstPiece;
    private readonly int[] _order;

    private RowPlan(PlannedPiece[] pieces, int[] firstPiece, int[] order)
    {
        _pieces = pieces;
        _firstPiece = firstPiece;
        _order = order;
    }

    public int Rows => _order.Length;

    public ReadOnlySpan<PlannedPiece> this[int row] => _pieces.AsSpan(_firstPiece[_order[row]].._firstPiece[_order[row] + 1]);

    /// <summary>Groups pieces by row (a counting sort); pieces of one row keep their order.</summary>
    public static RowPlan Create(List<(int Row, PlannedPiece Piece)> placed, int rows, int[] order)
    {
        var firstPiece = new int[rows + 1];
        foreach (var (row, _) in placed)
            firstPiece[row + 1]++;
        for (var row = 0; row < rows; row++)
            firstPiece[row + 1] += firstPiece[row];
        var pieces = new PlannedPiece[placed.Count];
        var next = firstPiece.AsSpan(0, rows).ToArray();
        foreach (var (row, piece) in placed)
            pieces[next[row]++] = piece;
        return new RowPlan(pieces, firstPiece, order);
    }
}

/// <summary>Rows with room left, by how much: finds the tightest row a piece still fits in time proportional to S/64.</summary>
internal sealed class OpenRows
{
    private readonly Stack<int>?[] _byRoom;
    private readonly ulong[] _anyWithRoom;

    public OpenRows(int sequenceLength)
    {
        _byRoom = new Stack<int>?[sequenceLength + 1];
        _anyWithRoom = new ulong[(sequenceLength >> 6) + 1];
    }

    public void Add(int row, int room)
    {
        if (room == 0)
            return;
        (_byRoom[room] ??= []).Push(row);
        _anyWithRoom[room >> 6] |= 1UL << (room & 63);
    }

    /// <summary>Takes out the row with the least room that is at least <paramref name="length"/>.</summary>
    public bool TryTake(int length, out int row, out int room)
    {
        var word = length >> 6;
        var candidates = _anyWithRoom[word] & (ulong.MaxValue << (length & 63));
        while (candidates == 0 && ++word < _anyWithRoom.Length)
            candidates = _anyWithRoom[word];
        if (candidates == 0)
        {
            (row, room) = (-1, 0);
            return false;
        }

        room = (word << 6) + BitOperations.TrailingZeroCount(candidates);
        row = _byRoom[room]!.Pop();
        if (_byRoom[room]!.Count == 0)
            _anyWithRoom[word] &= ~(1UL << (room & 63));
        return true;
    }
}
