using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace AdapterHub.Formats.Text;

/// <summary>
/// Reads a file as UTF-8 without replacing anything: the first byte that belongs to no character ends the reading with a
/// <see cref="TextFileException"/> that names its offset and line. A byte order mark is skipped. Holds 64 KiB, whatever the file's size.
/// </summary>
public sealed class StrictUtf8Reader : IDisposable
{
    /// <summary>A row longer than this is a file of another kind, and would not fit a string much longer.</summary>
    private const int LongestLine = 1 << 28;

    private readonly string _path;
    private readonly int _longestLine;
    private readonly FileStream _stream;
    private readonly byte[] _bytes = new byte[1 << 16];
    private readonly char[] _characters = new char[1 << 16];
    private int _bytesHeld;
    private long _byteOffset;
    private int _next;
    private int _end;
    private int _counted;
    private long _countedBytes;
    private bool _streamEnded;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longestLine">Most UTF-16 units that <see cref="ReadLine"/> gives in one string.</param>
    /// <exception cref="TextFileException">The file cannot be opened, or is UTF-16.</exception>
    public StrictUtf8Reader(string path, int longestLine = LongestLine)
    {
        (_path, _longestLine) = (path, longestLine);
        try
        {
            _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new TextFileException(path, null, $"cannot be opened: {failure.Message}");
        }

        SkipByteOrderMark();
    }

    /// <summary>Line of the next character, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Bytes of the file up to the next character, which must not be the second half of a surrogate pair.</summary>
    public long Offset
    {
        get
        {
            _countedBytes += Encoding.UTF8.GetByteCount(_characters.AsSpan(_counted, _next - _counted));
            _counted = _next;
            return _countedBytes;
        }
    }

    /// <summary>The next character, or -1 at the end.</summary>
    public int Read()
    {
        if (!Ensure())
            return -1;
        var character = _characters[_next++];
        if (character == '\n')
            Line++;
        return character;
    }

    /// <summary>The next character without taking it, or -1 at the end.</summary>
    public int Peek() => Ensure() ? _characters[_next] : -1;

    /// <summary>The next line without its line feed or carriage return and line feed; null at the end.</summary>
    public string? ReadLine()
    {
        if (!Ensure())
            return null;
        StringBuilder? parts = null;
        var line = Line;
        while (true)
        {
            var held = _characters.AsSpan(_next, _end - _next);
            var length = held.IndexOf('\n');
            if (length >= 0 && length <= _longestLine && parts is null)
            {
                Advance(length + 1);
                return Trimmed(held[..length]);
            }

            parts ??= new StringBuilder();
            parts.Append(held[..(length >= 0 ? length : held.Length)]);
            if (parts.Length > _longestLine)
                throw new TextFileException(_path, line, $"longer than {_longestLine} characters");
            Advance(length >= 0 ? length + 1 : held.Length);
            if (length >= 0 || !Ensure())
                return Trimmed(parts.ToString());
        }
    }

    /// <summary>Fills <paramref name="destination"/> as far as the file reaches; returns how much of it.</summary>
    public int Read(Span<char> destination)
    {
        var filled = 0;
        while (filled < destination.Length && Ensure())
        {
            var length = Math.Min(_end - _next, destination.Length - filled);
            _characters.AsSpan(_next, length).CopyTo(destination[filled..]);
            Advance(length);
            filled += length;
        }

        return filled;
    }

    public void Dispose() => _stream.Dispose();

    private static string Trimmed(ReadOnlySpan<char> line) => (line is [.., '\r'] ? line[..^1] : line).ToString();

    private void Advance(int characters)
    {
        Line += _characters.AsSpan(_next, characters).Count('\n');
        _next += characters;
    }

    private bool Ensure() => _next < _end || Fill();

    private void SkipByteOrderMark()
    {
        ReadBytes();
        ReadOnlySpan<byte> start = _bytes.AsSpan(0, _bytesHeld);
        if (start is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            throw new TextFileException(_path, 1, "not UTF-8 but UTF-16 (it begins with its byte order mark); save the file as UTF-8");
        if (start is [0xEF, 0xBB, 0xBF, ..])
        {
            DropBytes(3);
            _countedBytes = 3;
        }
    }

    private bool Fill()
    {
        while (true)
        {
            ReadBytes();
            if (_bytesHeld == 0)
                return false;
            // Stops before the first invalid byte; what is valid before it is handed out first, so that the line count is right when it is reported.
            var status = Utf8.ToUtf16(_bytes.AsSpan(0, _bytesHeld), _characters, out var read, out var written, replaceInvalidSequences: false, _streamEnded);
            if (status == OperationStatus.InvalidData && written == 0)
                throw Invalid(read);
            (_counted, _countedBytes) = (0, _byteOffset);
            DropBytes(read);
            (_next, _end) = (0, written);
            if (written > 0)
                return true;
        }
    }

    private void ReadBytes()
    {
        if (_streamEnded || _bytesHeld == _bytes.Length)
            return;
        // One character takes at most four bytes; asking again below that keeps a byte order mark or a character in one piece.
        do
        {
            var read = _stream.Read(_bytes, _bytesHeld, _bytes.Length - _bytesHeld);
            _streamEnded = read == 0;
            _bytesHeld += read;
        }
        while (!_streamEnded && _bytesHeld < 4);
    }

    private void DropBytes(int count)
    {
        _bytes.AsSpan(count, _bytesHeld - count).CopyTo(_bytes);
        _bytesHeld -= count;
        _byteOffset += count;
    }

    private TextFileException Invalid(int at) => new(_path, Line, string.Create(
        CultureInfo.InvariantCulture, $"not UTF-8: byte 0x{_bytes[at]:X2} at offset {_byteOffset + at} belongs to no character; save the file as UTF-8"));
}
