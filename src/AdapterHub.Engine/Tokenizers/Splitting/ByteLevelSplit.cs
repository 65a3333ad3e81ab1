using AdapterHub.Engine.Tokenizers.Models;

namespace AdapterHub.Engine.Tokenizers.Splitting;

/// <summary>The ByteLevel pre-tokenizer: an optional space in front, GPT-2's split, and every byte written as one character.</summary>
/// <param name="writesBytes">
/// False where the model behind takes the bytes of a piece itself, which saves writing them out. True where another step still reads the text.
/// </param>
internal sealed class ByteLevelSplit(bool addPrefixSpace, bool useRegex, bool writesBytes) : PreTokenizer
{
    public bool AddPrefixSpace => addPrefixSpace;

    public bool UseRegex => useRegex;

    public override void Split(in TextPiece piece, PieceHandler next)
    {
        var source = addPrefixSpace && piece.Span[0] != ' ' ? TextPiece.Whole(string.Concat(" ", piece.Span), piece.AtStart) : piece;
        var end = 0;
        for (var start = 0; start < source.Length; start = end)
        {
            end = useRegex ? WordScanner.Gpt2.NextEnd(source.Span, start) : source.Length;
            var part = source.Slice(start, end);
            next(writesBytes ? TextPiece.Whole(ByteAlphabet.Write(part.Span), part.AtStart) : part);
        }
    }
}

/// <summary>When Metaspace puts its mark in front of a text.</summary>
internal enum PrependScheme
{
    /// <summary>Only where the piece begins the whole text.</summary>
    First,
    Never,

    /// <summary>In front of every piece, so also after each added token.</summary>
    Always,
}

/// <summary>The Metaspace pre-tokenizer: spaces become the mark (U+2581 as a rule), and words split in front of it.</summary>
internal sealed class MetaspaceSplit(string mark, PrependScheme scheme, bool split) : PreTokenizer
{
    private readonly PatternSplit _words = new(new LiteralPattern(mark), SplitBehavior.MergedWithNext);

    public override void Split(in TextPiece piece, PieceHandler next)
    {
        var text = piece.Span.ToString().Replace(" ", mark, StringComparison.Ordinal);
        if (!text.StartsWith(mark, StringComparison.Ordinal) && (scheme == PrependScheme.Always || (scheme == PrependScheme.First && piece.AtStart)))
            text = mark + text;
        var marked = TextPiece.Whole(text, piece.AtStart);
        if (split)
            _words.Split(marked, next);
        else
            next(marked);
    }
}
