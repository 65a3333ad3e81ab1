using System.Text;
using AdapterHub.Formats.Text;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Formats;

public sealed class StrictUtf8ReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_AreThoseOfTheTextWhereverTheBufferEnds()
    {
        var units = Gen.Elements("a", "\n", "\r\n", "é", "漢", "😀", " ", new string('x', 30_000));
        RandomFormats.Check(units.ListOf(), parts =>
        {
            var text = string.Concat(parts);
            using var reader = new StrictUtf8Reader(_folder.Write("a.txt", text));
            var lines = new List<string>();
            while (reader.ReadLine() is { } line)
                lines.Add(line);
            var expected = text.Split('\n').Select(line => line.TrimEnd('\r')).ToList();
            if (expected[^1].Length == 0)
                expected.RemoveAt(expected.Count - 1);
            lines.SequenceEqual(expected).ShouldBeTrue();
        });
    }

    [Theory]
    [InlineData(10)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(200_001)]
    public void InvalidByte_IsNamedWithOffsetAndLine(int offset)
    {
        var bytes = Encoding.UTF8.GetBytes(new string('x', offset)).Append((byte)0xE9).Concat("abc"u8.ToArray()).ToArray();
        bytes[3] = (byte)'\n';
        bytes[5] = (byte)'\n';
        var path = _folder.Write("a.txt", bytes);
        using var reader = new StrictUtf8Reader(path);
        var failure = Should.Throw<TextFileException>(() => ReadToEnd(reader));
        failure.Message.ShouldBe($"{path}, line 3: not UTF-8: byte 0xE9 at offset {offset} belongs to no character; save the file as UTF-8");
        failure.Line.ShouldBe(3);
    }

    [Fact]
    public void CharacterCutOffAtTheEnd_IsInvalid()
    {
        var path = _folder.Write("a.txt", [(byte)'a', 0xE6, 0xBC]);
        using var reader = new StrictUtf8Reader(path);
        Should.Throw<TextFileException>(() => ReadToEnd(reader)).Message.ShouldContain("byte 0xE6 at offset 1");
    }

    [Fact]
    public void ByteOrderMark_IsSkippedAndUtf16Named()
    {
        using (var reader = new StrictUtf8Reader(_folder.Write("a.txt", [0xEF, 0xBB, 0xBF, (byte)'a'])))
            reader.ReadLine().ShouldBe("a");
        var path = _folder.Write("b.txt", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("a")).ToArray());
        Should.Throw<TextFileException>(() => new StrictUtf8Reader(path)).Message
            .ShouldBe($"{path}, line 1: not UTF-8 but UTF-16 (it begins with its byte order mark); save the file as UTF-8");
    }

    [Fact]
    public void LongLine_IsRefusedWithItsNumber()
    {
        using var reader = new StrictUtf8Reader(_folder.Write("a.txt", "short\n" + new string('x', 101) + "\nrest"), longestLine: 100);
        reader.ReadLine().ShouldBe("short");
        Should.Throw<TextFileException>(reader.ReadLine).Line.ShouldBe(2);
    }

    [Fact]
    public void Offset_CountsBytesAndNotCharacters()
    {
        using var reader = new StrictUtf8Reader(_folder.Write("a.txt", [0xEF, 0xBB, 0xBF, .. "é漢\nb\n"u8]));
        reader.ReadLine();
        reader.Offset.ShouldBe(3 + 2 + 3 + 1);
        reader.ReadLine();
        reader.Offset.ShouldBe(11);
    }

    private static void ReadToEnd(StrictUtf8Reader reader)
    {
        while (reader.ReadLine() is not null)
        {
        }
    }
}
