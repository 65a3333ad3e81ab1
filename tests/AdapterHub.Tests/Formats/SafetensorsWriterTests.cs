using System.Text;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Tests.Formats;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    /// <summary>The order of safetensors/src/tensor.rs: descending type, then name by its UTF-8 bytes; header padded to 8.</summary>
    [Fact]
    public void Bytes_AreThoseOfTheReferenceLibrary()
    {
        var written = Write(
            new Dictionary<string, string> { ["format"] = "pt", ["q\"\n\u0001"] = "é" },
            ("b", SafetensorsDtype.F32, [1]), ("a", SafetensorsDtype.F32, []), ("h", SafetensorsDtype.F16, [2]), ("i", SafetensorsDtype.I64, [1]),
            ("\uE000", SafetensorsDtype.Bool, [1]), ("𐀀", SafetensorsDtype.Bool, [0, 3]), ("f", SafetensorsDtype.BF16, [1]));
        const string Header = """
            {"__metadata__":{"format":"pt","q\"\n\u0001":"é"},"i":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},"f":{"dtype":"BF16","shape":[1],"data_offsets":[16,18]},"h":{"dtype":"F16","shape":[2],"data_offsets":[18,22]},"@":{"dtype":"BOOL","shape":[1],"data_offsets":[22,23]},"𐀀":{"dtype":"BOOL","shape":[0,3],"data_offsets":[23,23]}}
            """;
        var header = Header.Replace("@", "\uE000", StringComparison.Ordinal);
        var length = BitConverter.ToInt64(written, 0);
        (length % 8).ShouldBe(0);
        Encoding.UTF8.GetString(written, 8, (int)length).ShouldBe(header + new string(' ', (int)length - Encoding.UTF8.GetByteCount(header)));
        written.Length.ShouldBe(8 + (int)length + 23);
    }

    [Fact]
    public void EmptyFile_IsOneHeader()
    {
        Write(null).ShouldBe([8, 0, 0, 0, 0, 0, 0, 0, .. "{}      "u8]);
        Write(new Dictionary<string, string>()).ShouldBe([24, 0, 0, 0, 0, 0, 0, 0, .. "{\"__metadata__\":{}}     "u8]);
    }

    [Fact]
    public void WrittenFile_ReadAndWrittenAgain_IsByteEqual() => RandomFormats.Check(
        FsCheck.Fluent.Gen.Zip(RandomFormats.TensorSets, RandomFormats.Metadata),
        drawn =>
        {
            var (tensors, metadata) = drawn;
            SafetensorsWriter.Write(_folder["first"], metadata, [.. tensors.Select(tensor => SafetensorsSource.FromTensor(tensor.Key, tensor.Value))]);
            using (var file = SafetensorsFile.Open(_folder["first"]))
                SafetensorsWriter.Write(_folder["second"], file.HasMetadata ? file.Metadata : null, [.. file.Tensors.Reverse().Select(tensor => SafetensorsSource.FromFile(file, tensor))]);
            File.ReadAllBytes(_folder["second"]).ShouldBe(File.ReadAllBytes(_folder["first"]));
        });

    [Fact]
    public void BadNames_AreRefusedBeforeAnythingIsWritten()
    {
        Should.Throw<ArgumentException>(() => Write(null, ("a", SafetensorsDtype.U8, [1]), ("a", SafetensorsDtype.U8, [1])));
        Should.Throw<ArgumentException>(() => Write(null, ("__metadata__", SafetensorsDtype.U8, [1])));
        Should.Throw<ArgumentException>(() => Write(null, ("a\0", SafetensorsDtype.U8, [1])));
        Should.Throw<ArgumentException>(() => Write(null, ("\ud800", SafetensorsDtype.U8, [1])));
        Should.Throw<ArgumentException>(() => Write(null, ("a", SafetensorsDtype.F4, [1])));
        Should.Throw<ArgumentException>(() => Write(null, ("a", SafetensorsDtype.U8, [long.MaxValue, 2])));
        _folder.Names.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void SourceOfTheWrongLength_LeavesNothing(int length)
    {
        var source = new SafetensorsSource("a", SafetensorsDtype.F32, [1], stream => stream.Write(new byte[length]));
        Should.Throw<InvalidOperationException>(() => SafetensorsWriter.Write(_folder["out"], null, [source])).Message.ShouldContain("4 bytes");
        _folder.Names.ShouldBeEmpty();
    }

    [Fact]
    public void FailureHalfway_KeepsTheOldFile()
    {
        _folder.Write("out", "old");
        var good = SafetensorsSource.FromBytes("a", SafetensorsDtype.U8, [100_000], new byte[100_000]);
        var full = new SafetensorsSource("b", SafetensorsDtype.U8, [1], _ => throw new IOException("No space left on device"));
        Should.Throw<IOException>(() => SafetensorsWriter.Write(_folder["out"], null, [good, full])).Message.ShouldContain("No space");
        File.ReadAllText(_folder["out"]).ShouldBe("old");
        _folder.Names.ShouldBe(["out"]);
    }

    [Fact]
    public void FullDisk_LeavesNothing()
    {
        // More than any disk here has: refused when the space is reserved, before the source is asked for a byte.
        var asked = false;
        var source = new SafetensorsSource("a", SafetensorsDtype.U8, [1L << 52], _ => asked = true);
        Should.Throw<IOException>(() => SafetensorsWriter.Write(_folder["out"], null, [source]));
        asked.ShouldBeFalse();
        _folder.Names.ShouldBeEmpty();
    }

    [Fact]
    public void MissingFolder_IsAnIoError() =>
        Should.Throw<DirectoryNotFoundException>(() => SafetensorsWriter.Write(_folder["absent/out"], null, []));

    [Fact]
    public void UnwritableFolder_LeavesNothing()
    {
        // Root may write anywhere but in /proc.
        Assert.SkipUnless(Directory.Exists("/proc/self"), "needs /proc");
        var exception = Record.Exception(() => SafetensorsWriter.Write("/proc/self/out.safetensors", null, []));
        (exception is IOException or UnauthorizedAccessException).ShouldBeTrue($"{exception}");
    }

    private byte[] Write(IReadOnlyDictionary<string, string>? metadata, params (string Name, SafetensorsDtype Dtype, long[] Shape)[] tensors)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, metadata, [.. tensors.Select(tensor => SafetensorsSource.FromBytes(
            tensor.Name, tensor.Dtype, [.. tensor.Shape], new byte[tensor.Shape.Aggregate(1L, (product, size) => unchecked(product * size)) * tensor.Dtype.BitSize() / 8 & 1023]))]);
        return stream.ToArray();
    }
}
