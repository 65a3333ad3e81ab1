using System.Text;
using AdapterHub.Formats.Text;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>Documents of a <c>.txt</c> file. Line ends become single line feeds; nothing else is changed.</summary>
internal static class TextFileReader
{
    /// <summary>Longest part, in UTF-16 units, of a document that is tokenised in one go.</summary>
    internal const int PartCharacters = 1 << 22;

    public static IEnumerable<DatasetRecord> Read(string path, DatasetOptions options)
    {
        using var reader = new StrictUtf8Reader(path);
        var documents = options.Split switch
        {
            TextSplit.WholeFile => ReadWhole(path, reader),
            TextSplit.Paragraphs => ReadParagraphs(path, reader, options.ParagraphCharacters),
            _ => ReadSeparated(path, reader, options.Separator),
        };
        foreach (var document in documents)
            yield return document;
    }

    /// <summary>
    /// Memory stays bounded: a file longer than <see cref="PartCharacters"/> comes in parts, cut at a line end between two visible characters where there
    /// is one. A tokenizer that looks across such a line end may then give one token more or less a part.
    /// </summary>
    private static IEnumerable<DatasetRecord> ReadWhole(string path, StrictUtf8Reader reader)
    {
        var buffer = new char[PartCharacters];
        var held = 0;
        var first = true;
        var visible = false;
        while (true)
        {
            var line = reader.Line - buffer.AsSpan(0, held).Count('\n');
            held += reader.Read(buffer.AsSpan(held));
            visible |= !buffer.AsSpan(0, held).IsWhiteSpace();
            var last = reader.Peek() < 0;
            if (last && !visible)
                yield break;
            var cut = last ? held : FindCut(buffer);
            yield return new TextRecord(path, line, UnifyLineEnds(buffer.AsSpan(0, cut)), RowFit.Flow) { StartsDocument = first, EndsDocument = last };
            if (last)
                yield break;
            buffer.AsSpan(cut, held - cut).CopyTo(buffer);
            held -= cut;
            first = false;
        }
    }

    private static int FindCut(ReadOnlySpan<char> full)
    {
        var lineEnd = 0;
        for (var at = full.Length - 2; at > full.Length / 2; at--)
        {
            if (full[at] != '\n')
                continue;
            if (!char.IsWhiteSpace(full[at - 1]) && !char.IsWhiteSpace(full[at + 1]))
                return at + 1;
            lineEnd = Math.Max(lineEnd, at + 1);
        }

        if (lineEnd > 0)
            return lineEnd;
        return char.IsHighSurrogate(full[^1]) || full[^1] == '\r' ? full.Length - 1 : full.Length;
    }

    private static IEnumerable<DatasetRecord> ReadParagraphs(string path, StrictUtf8Reader reader, int mostCharacters)
    {
        var document = new StringBuilder();
        long documentLine = 1;
        foreach (var (line, paragraph) in Blocks(reader, string.IsNullOrWhiteSpace))
        {
            if (document.Length > 0 && document.Length + 2 + paragraph.Length > mostCharacters)
            {
                yield return new TextRecord(path, documentLine, document.ToString(), RowFit.Keep);
                document.Clear();
            }

            if (document.Length == 0)
                documentLine = line;
            else
                document.Append("\n\n");
            document.Append(paragraph);
        }

        if (document.Length > 0)
            yield return new TextRecord(path, documentLine, document.ToString(), RowFit.Keep);
    }

    private static IEnumerable<DatasetRecord> ReadSeparated(string path, StrictUtf8Reader reader, string separator) =>
        Blocks(reader, line => line.AsSpan().TrimEnd().SequenceEqual(separator))
            .Select(block => new TextRecord(path, block.Line, block.Text, RowFit.Keep));

    /// <summary>Runs of lines between lines that <paramref name="parts"/> accepts; blank ones are left out, blank lines at either end too.</summary>
    private static IEnumerable<(long Line, string Text)> Blocks(StrictUtf8Reader reader, Func<string, bool> parts)
    {
        var block = new StringBuilder();
        long start = 1;
        while (true)
        {
            var at = reader.Line;
            var line = reader.ReadLine();
            if (line is null || parts(line))
            {
                var text = block.ToString().TrimEnd();
                if (text.Length > 0)
                    yield return (start, text);
                block.Clear();
                if (line is null)
                    yield break;
            }
            else if (block.Length > 0 || !string.IsNullOrWhiteSpace(line))
            {
                if (block.Length == 0)
                    start = at;
                else
                    block.Append('\n');
                block.Append(line);
            }
        }
    }

    private static string UnifyLineEnds(ReadOnlySpan<char> text) =>
        text.Contains('\r') ? text.ToString().Replace("\r\n", "\n", StringComparison.Ordinal) : text.ToString();
}
