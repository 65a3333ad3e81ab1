using System.Globalization;
using System.Text;

namespace AdapterHub.Formats.Text;

/// <summary>A record of a <c>.csv</c> file; <paramref name="Problem"/> says why it cannot be read.</summary>
public sealed record CsvRow(long Line, IReadOnlyList<string> Fields, string? Problem);

/// <summary>
/// RFC 4180 over a stream: quoted fields hold delimiters, line ends and doubled quotes; records end in CRLF or LF. A quote inside an unquoted field is taken
/// as it stands, because so many programs write it. Line ends inside quotes become line feeds. Blank lines are skipped.
/// </summary>
/// <param name="reader">The text.</param>
/// <param name="delimiter">What parts fields, usually a comma.</param>
/// <param name="longestRecord">Most UTF-16 units of a record: a quote that is never closed would swallow the file.</param>
public sealed class CsvParser(StrictUtf8Reader reader, char delimiter, int longestRecord = 1 << 28)
{
    private const int FieldCost = 16;
    private readonly StringBuilder _field = new();
    private int _left;

    /// <summary>The next record, or null at the end. After one with a problem the parser may stand anywhere in the text.</summary>
    /// <exception cref="TextFileException">The text is not UTF-8.</exception>
    public CsvRow? ReadRow()
    {
        while (true)
        {
            var line = reader.Line;
            if (reader.Peek() < 0)
                return null;
            var fields = new List<string>();
            _left = longestRecord;
            var quoted = false;
            string? problem = null;
            var more = true;
            while (more && problem is null)
            {
                var isQuoted = reader.Peek() == '"';
                quoted |= isQuoted;
                problem = isQuoted ? ReadQuoted(fields.Count + 1, out more) : ReadPlain(out more);
                fields.Add(_field.ToString());
                // A field costs memory even when it is empty.
                _left -= FieldCost;
                if (_left < 0)
                    problem ??= TooLong();
            }

            if (problem is not null || quoted || fields is not [var only] || !string.IsNullOrWhiteSpace(only))
                return new CsvRow(line, fields, problem);
        }
    }

    /// <summary>Up to the delimiter (<paramref name="more"/>) or the end of the record.</summary>
    private string? ReadPlain(out bool more)
    {
        _field.Clear();
        while (true)
        {
            var character = reader.Read();
            if (character == delimiter)
            {
                more = true;
                return null;
            }

            if (character is -1 or '\n')
            {
                if (character == '\n' && _field.Length > 0 && _field[^1] == '\r')
                    _field.Length--;
                more = false;
                return null;
            }

            if (--_left < 0)
            {
                more = false;
                return TooLong();
            }

            _field.Append((char)character);
        }
    }

    private string? ReadQuoted(int number, out bool more)
    {
        _field.Clear();
        var line = reader.Line;
        reader.Read();
        more = false;
        while (true)
        {
            var character = reader.Read();
            if (character < 0)
                return string.Create(CultureInfo.InvariantCulture, $"the quote that opens field {number} on line {line} is never closed");
            if (--_left < 0)
                return TooLong();
            if (character != '"')
            {
                if (character == '\n' && _field.Length > 0 && _field[^1] == '\r')
                    _field.Length--;
                _field.Append((char)character);
                continue;
            }

            if (reader.Peek() != '"')
                return ReadAfterQuote(number, out more);
            _field.Append((char)reader.Read());
        }
    }

    private string TooLong() => string.Create(CultureInfo.InvariantCulture, $"longer than {longestRecord} characters; is a quote never closed?");

    private string? ReadAfterQuote(int number, out bool more)
    {
        more = reader.Peek() == delimiter;
        if (more)
        {
            reader.Read();
            return null;
        }

        var rest = reader.ReadLine();
        return string.IsNullOrWhiteSpace(rest) ? null
            : string.Create(CultureInfo.InvariantCulture, $"text after the closing quote of field {number}; a quote inside a quoted field is written twice");
    }
}
