using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Tests.Formats;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SmallFile_IsReadAsItLies()
    {
        using var file = SafetensorsFile.Open(_folder.Write("small.safetensors", SafetensorsBytes.Small));

        file.Metadata.ShouldBe([KeyValuePair.Create("format", "pt")]);
        file.Tensors.Select(tensor => tensor.Name).ShouldBe(["a", "s", "z"]);
        var a = file.Find("a").ShouldNotBeNull();
        a.Dtype.ShouldBe(SafetensorsDtype.F32);
        a.Shape.ShouldBe([2, 2]);
        a.FileOffset.ShouldBe(SafetensorsBytes.Small.Length - 24);
        file.Read(a).ShouldBe(Enumerable.Range(1, 16).Select(i => (byte)i));
        file.Find("s")!.Shape.ShouldBeEmpty();
        file.Read(file.Find("s")!).ShouldBe([17, 18, 19, 20, 21, 22, 23, 24]);
        file.Read(file.Find("z")!).ShouldBeEmpty();
        file.Find("absent").ShouldBeNull();
    }

    [Fact]
    public void PartOfTensor_IsReadFromItsStart()
    {
        using var file = SafetensorsFile.Open(_folder.Write("small.safetensors", SafetensorsBytes.Small));
        var part = new byte[3];
        file.Read(file.Find("a")!, 5, part);
        part.ShouldBe([6, 7, 8]);
        Should.Throw<ArgumentOutOfRangeException>(() => file.Read(file.Find("a")!, 14, new byte[3]));
        Should.Throw<ArgumentOutOfRangeException>(() => file.Read(file.Find("a")!, new byte[15]));
    }

    [Theory]
    [InlineData("{}", 0)]
    [InlineData("""{"__metadata__":{}}""", 0)]
    [InlineData("""{ "a" : { "shape" : [ 1 ] , "data_offsets":[0,1],"dtype":"BOOL" } }""", 1)]
    [InlineData("""{"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 2)]
    [InlineData("""{"z":{"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[0,0]}}""", 0)]
    [InlineData("""{"a":{"dtype":"F4","shape":[6],"data_offsets":[0,3]}}""", 3)]
    [InlineData("""{"a":{"dtype":"F6_E3M2","shape":[4],"data_offsets":[0,3]},"b":{"dtype":"F6_E2M3","shape":[2,2],"data_offsets":[3,6]}}""", 6)]
    [InlineData("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}        """, 8)]
    [InlineData("""{"":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}""", 1)]
    public void LegalFiles_AreAccepted(string header, int dataLength)
    {
        using var file = SafetensorsFile.Open(_folder.Write("legal.safetensors", SafetensorsBytes.Build(header, dataLength)));
        file.Tensors.Sum(tensor => tensor.ByteLength).ShouldBe(dataLength);
    }

    [Fact]
    public void EveryDtype_HasTheNameAndSizeOfTheFormat()
    {
        var facts = Enum.GetValues<SafetensorsDtype>().Select(dtype => $"{dtype.FileName()}:{dtype.BitSize()}");
        string.Join(' ', facts).ShouldBe(
            "BOOL:8 F4:4 F6_E2M3:6 F6_E3M2:6 U8:8 I8:8 F8_E5M2:8 F8_E4M3:8 F8_E8M0:8 F8_E4M3FNUZ:8 F8_E5M2FNUZ:8 "
            + "I16:16 U16:16 F16:16 BF16:16 I32:32 U32:32 F32:32 C64:64 F64:64 I64:64 U64:64");
        Enum.GetValues<SafetensorsDtype>().Select(dtype => SafetensorsDtypes.TryParse(dtype.FileName(), out var parsed) ? parsed : (SafetensorsDtype)(-1))
            .ShouldBe(Enum.GetValues<SafetensorsDtype>());
    }

    [Fact]
    public void ManyFaults_AreReportedTogether()
    {
        const string Header = """
            {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]},"b":{"dtype":"NOPE","shape":[1],"data_offsets":[8,9]},"c":{"dtype":"U8","shape":[-1],"data_offsets":[9,9]}}
            """;
        var exception = Refused(SafetensorsBytes.Build(Header, 9));
        exception.Findings.Select(finding => finding.Tensor).ShouldBe(["b", "c", "a"]);
        exception.Message.ShouldContain("3 problems");
        exception.Message.ShouldContain("expected 12 bytes, found 8");
    }

    [Fact]
    public void ManyMoreFaults_GiveAReportOfBoundedLength()
    {
        var entries = Enumerable.Range(0, 5000).Select(i => $"\"t{i}\":{{\"dtype\":\"X\",\"shape\":[],\"data_offsets\":[0,0]}}");
        var exception = Refused(SafetensorsBytes.Build("{" + string.Join(',', entries) + "}", 0));
        exception.Findings.Count.ShouldBe(101);
        exception.Findings[^1].Problem.ShouldBe("4900 more problems are not listed");
    }

    [Fact]
    public void NamesInMessages_CannotForgeLines()
    {
        var exception = Refused(SafetensorsBytes.Build("""{"a\n\u001b[31m":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}""", 1));
        exception.Message.ShouldNotContain("\n");
        exception.Message.ShouldContain("\\u000a\\u001b[31m");
    }

    [Fact]
    public void Limits_AreThoseGiven()
    {
        var path = _folder.Write("limits.safetensors", SafetensorsBytes.Small);
        var limits = new SafetensorsLimits();
        Problem(limits with { HeaderBytes = 100 }).ShouldContain("longer than allowed");
        Problem(limits with { TensorCount = 2 }).ShouldContain("too many tensors");
        Problem(limits with { Dimensions = 1 }).ShouldContain("more than 1 numbers");
        Problem(limits with { NameLength = 0 }).ShouldContain("name is too long");
        SafetensorsFile.Open(path, limits with { TensorCount = 3, Dimensions = 2, NameLength = 1 }).Dispose();

        string Problem(SafetensorsLimits given) => Should.Throw<AdapterFormatException>(() => SafetensorsFile.Open(path, given)).Message;
    }

    [Fact]
    public void FileThatShrinks_GivesAnExceptionNotACrash()
    {
        var path = _folder.Write("shrinks.safetensors", SafetensorsBytes.Small);
        using var file = SafetensorsFile.Open(path);
        using (var handle = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            handle.SetLength(SafetensorsBytes.Small.Length - 20);
        Should.Throw<AdapterFormatException>(() => file.Read(file.Find("a")!)).Message.ShouldContain("shorter");
    }

    [Theory]
    [InlineData("model.bin", new byte[] { 1, 2, 3 })]
    [InlineData("model.pt", new byte[] { })]
    [InlineData("model.CKPT", new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 1 })]
    [InlineData("lying.safetensors", new byte[] { 0x50, 0x4B, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("lying.safetensors", new byte[] { 0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9 })]
    [InlineData("lying.safetensors", new byte[] { 0x80, 4, 0x95, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9 })]
    public void PickleFiles_AreRefusedByName(string name, byte[] start)
    {
        var exception = Refused(start, name);
        exception.Message.ShouldContain("pickle");
        exception.Message.ShouldContain("convert it to safetensors");
    }

    [Fact]
    public void MissingFile_IsAnIoError() => Should.Throw<FileNotFoundException>(() => SafetensorsFile.Open(_folder["absent.safetensors"]));

    [Fact]
    public void WrittenFiles_ReadBackEqual() => RandomFormats.Check(RandomFormats.TensorSets, tensors =>
    {
        var path = _folder["round.safetensors"];
        SafetensorsWriter.Write(path, null, [.. tensors.Select(tensor => SafetensorsSource.FromTensor(tensor.Key, tensor.Value))]);
        using var file = SafetensorsFile.Open(path);
        file.Tensors.ToDictionary(tensor => tensor.Name, file.Load).ShouldBe(tensors, ignoreOrder: true);
    });

    private AdapterFormatException Refused(byte[] bytes, string name = "wrong.safetensors") =>
        Should.Throw<AdapterFormatException>(() => SafetensorsFile.Open(_folder.Write(name, bytes)));
}
