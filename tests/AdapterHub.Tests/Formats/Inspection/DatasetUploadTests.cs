using System.Text;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Inspection.Uploads;

namespace AdapterHub.Tests.Formats.Inspection;

public sealed class DatasetUploadTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("devils-dictionary")]
    [InlineData("king-james-wisdom")]
    public void SeedDataset_HasNothingToMend(string name) =>
        UploadInspection.Inspect(UploadKind.Dataset, InspectionFiles.Folder(Path.Combine(InspectionFiles.Seed, "datasets", name))).Findings.ShouldBeEmpty();

    [Fact]
    public void BadJsonRow_IsNamedByItsLine()
    {
        var finding = Inspect("a.jsonl", "{\"text\":\"a\"}\n\n{\"text\":\"b\"\n{\"text\":\"c\"}\n").ShouldHaveSingleItem();
        (finding.Severity, finding.File, finding.Subject).ShouldBe((FindingSeverity.Refused, "a.jsonl", "line 3"));
        finding.Problem.ShouldContain("not valid JSON");
    }

    [Theory]
    [InlineData("[1]", "no JSON object")]
    [InlineData("{\"a\":1,\"a\":2}", "twice")]
    [InlineData("{\"a\":\"\\ud800\"}", "surrogate")]
    [InlineData("{\"\\udc00\":[{\"b\":1}]}", "surrogate")]
    [InlineData("{\"a\":{\"b\":[\"\\ud83d\\ude00\"]}}", null)]
    [InlineData("{\"a\":NaN}", "not valid JSON")]
    public void RowThatIsNoObject_IsRefused(string row, string? word)
    {
        var findings = Inspect("a.jsonl", row + "\n");
        if (word is null)
            findings.ShouldBeEmpty();
        else
            findings.ShouldHaveSingleItem().Problem.ShouldContain(word);
    }

    [Fact]
    public void ManyBadRows_AreCounted()
    {
        var findings = Inspect("a.jsonl", string.Concat(Enumerable.Repeat("{\n", 1000)));
        findings.Count.ShouldBe(6);
        findings[5].Problem.ShouldBe("995 more of 1000 rows cannot be read");
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.jsonl")]
    [InlineData("a.csv")]
    public void TextThatIsNotUtf8_IsRefusedByLineAndByte(string name)
    {
        var text = name == "a.jsonl" ? "{\"a\":1}\n{\"a\":2}\n" : "a\nb\n";
        var finding = Inspect(name, [.. Encoding.UTF8.GetBytes(text), (byte)'x', 0xE9, (byte)'\n']).First(finding => finding.Severity == FindingSeverity.Refused);
        finding.Problem.ShouldContain("0xE9");
        finding.Subject.ShouldBe("line 3");
        Inspect(name, [0xFF, 0xFE, (byte)'a', 0]).ShouldContain(found => found.Problem.Contains("UTF-16", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a,b\n1,2\n1,2,3\n", "line 3", "fields")]
    [InlineData("a,b\n1,\"2\n3,4\n", "line 2", "never closed")]
    [InlineData("a,b\n1,\"2\"x\n", "line 2", "closing quote")]
    public void BadCsvRow_IsRefusedByItsLine(string text, string line, string word)
    {
        var finding = Inspect("a.csv", text).ShouldHaveSingleItem();
        (finding.Severity, finding.Subject).ShouldBe((FindingSeverity.Refused, line));
        finding.Problem.ShouldContain(word);
    }

    [Theory]
    [InlineData("a;b\n1;2\n", "delimiter")]
    [InlineData("a,a\n1,2\n", "same name")]
    [InlineData("a,\n1,2\n", "no name")]
    [InlineData("a,b\n", "no rows")]
    public void OddHeader_IsWarnedOf(string text, string word)
    {
        var finding = Inspect("a.csv", text).ShouldHaveSingleItem();
        finding.Severity.ShouldBe(FindingSeverity.Warning);
        finding.Problem.ShouldContain(word);
    }

    [Theory]
    [InlineData("a.csv", "text,n\r\n\"line one\nline two, with \"\"quotes\"\"\",1\r\n")]
    [InlineData("a.tsv", "a\tb\n1\t2\n")]
    [InlineData("a.ndjson", "{\"messages\":[{\"role\":\"user\",\"content\":\"é\"}]}")]
    public void GoodRows_Pass(string name, string text) => Inspect(name, text).ShouldBeEmpty();

    [Fact]
    public void QuoteThatIsNeverClosed_DoesNotSwallowAHugeFile()
    {
        var text = new byte[40 << 20];
        text.AsSpan().Fill((byte)'x');
        "a,b\n\""u8.CopyTo(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Inspect("a.csv", text).ShouldHaveSingleItem().Problem.ShouldContain("longer than");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200 << 20);
    }

    [Fact]
    public void Parquet_IsKeptUnseen_AndAPieceOfItRefused()
    {
        byte[] whole = [.. "PAR1"u8, .. new byte[40], 8, 0, 0, 0, .. "PAR1"u8];
        Inspect("a.parquet", whole).ShouldHaveSingleItem().Severity.ShouldBe(FindingSeverity.Note);
        Inspect("a.parquet", whole[..^1]).ShouldHaveSingleItem().Severity.ShouldBe(FindingSeverity.Refused);
        Inspect("a.parquet", [.. "PAR1"u8, 0xFF, 0xFF, 0xFF, 0x7F, .. "PAR1"u8]).ShouldHaveSingleItem().Severity.ShouldBe(FindingSeverity.Refused);
    }

    [Fact]
    public void ZeroBytesInText_AreRefused() =>
        Inspect("a.txt", new string('a', 5000) + "\0").ShouldHaveSingleItem().Problem.ShouldContain("zero bytes");

    [Fact]
    public void NoRowsAtAll_IsWarnedOf()
    {
        Inspect("README.md", "# Data").ShouldHaveSingleItem().Problem.ShouldContain("no rows");
        Inspect("a.txt", " \n\n ").ShouldHaveSingleItem().Problem.ShouldContain("white space");
    }

    private IReadOnlyList<InspectionFinding> Inspect(string name, string text) => Inspect(name, Encoding.UTF8.GetBytes(text));

    private IReadOnlyList<InspectionFinding> Inspect(string name, byte[] bytes) =>
        UploadInspection.Inspect(UploadKind.Dataset, [InspectionFiles.File(_folder, name, bytes)]).Findings;
}
