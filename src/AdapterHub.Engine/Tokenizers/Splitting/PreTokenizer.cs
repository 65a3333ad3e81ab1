namespace AdapterHub.Engine.Tokenizers.Splitting;

/// <summary>Cuts a piece of text into smaller ones, which the model then tokenizes each by itself.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Hands the parts of <paramref name="piece"/>, in order and none of them empty, to <paramref name="next"/>.</summary>
    public abstract void Split(in TextPiece piece, PieceHandler next);

    /// <summary>A handler that lets every piece pass through <paramref name="steps"/> in turn and gives what is left to <paramref name="last"/>.</summary>
    public static PieceHandler Chain(IReadOnlyList<PreTokenizer> steps, PieceHandler last)
    {
        var handler = last;
        for (var index = steps.Count - 1; index >= 0; index--)
        {
            var (step, next) = (steps[index], handler);
            handler = (in TextPiece piece) => step.Split(piece, next);
        }

        return handler;
    }
}

/// <summary>What becomes of the delimiters that a split finds. Source: huggingface/tokenizers tokenizer/normalizer.rs, SplitDelimiterBehavior.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Split, Digits, Punctuation, Whitespace and WhitespaceSplit: they differ by pattern and behaviour alone.</summary>
internal sealed class PatternSplit(TextPattern pattern, SplitBehavior behavior, bool invert = false) : PreTokenizer
{
    public override void Split(in TextPiece piece, PieceHandler next)
    {
        var segments = new SegmentJoiner(piece, behavior, next);
        var (length, covered) = (piece.Length, 0);
        pattern.ForEachMatch(piece.Span, (start, end) =>
        {
            if (covered != start)
                segments.Add(covered, start, invert);
            segments.Add(start, end, !invert);
            covered = end;
        });
        if (covered != length)
            segments.Add(covered, length, invert);
        segments.Finish();
    }
}

/// <summary>Applies a <see cref="SplitBehavior"/> to the matched and unmatched segments of one piece, given from left to right.</summary>
internal sealed class SegmentJoiner(TextPiece piece, SplitBehavior behavior, PieceHandler next)
{
    private int _start = -1;
    private int _end;
    private bool _previous;

    public void Add(int start, int end, bool isDelimiter)
    {
        switch (behavior)
        {
            case SplitBehavior.Removed:
                if (!isDelimiter)
                    Emit(start, end);
                return;
            case SplitBehavior.Isolated:
                Emit(start, end);
                return;
        }

        var joins = behavior switch
        {
            SplitBehavior.Contiguous => isDelimiter == _previous,
            SplitBehavior.MergedWithPrevious => isDelimiter && !_previous,
            _ => !isDelimiter && _previous,
        };
        if (!joins || _start < 0)
        {
            Finish();
            _start = start;
        }

        _end = end;
        _previous = isDelimiter;
    }

    public void Finish()
    {
        if (_start >= 0)
            Emit(_start, _end);
        _start = -1;
    }

    private void Emit(int start, int end)
    {
        if (end > start)
            next(piece.Slice(start, end));
    }
}
