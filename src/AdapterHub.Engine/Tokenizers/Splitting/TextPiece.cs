namespace AdapterHub.Engine.Tokenizers.Splitting;

/// <summary>A stretch of a text on its way to the model.</summary>
/// <param name="AtStart">Whether it begins where the text given to the tokenizer begins, which Metaspace's "first" scheme asks.</param>
internal readonly record struct TextPiece(string Text, int Start, int Length, bool AtStart)
{
    public ReadOnlySpan<char> Span => Text.AsSpan(Start, Length);

    /// <summary>The part from <paramref name="start"/> to <paramref name="end"/>, both counted from this piece's own start.</summary>
    public TextPiece Slice(int start, int end) => new(Text, Start + start, end - start, AtStart && start == 0);

    public static TextPiece Whole(string text, bool atStart) => new(text, 0, text.Length, atStart);
}

/// <summary>Takes the pieces of a text one after the other.</summary>
internal delegate void PieceHandler(in TextPiece piece);
