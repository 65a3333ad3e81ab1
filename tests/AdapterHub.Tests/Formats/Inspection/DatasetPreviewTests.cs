using System.Text;
using AdapterHub.Formats.Inspection.Datasets;

namespace AdapterHub.Tests.Formats.Inspection;

public sealed class DatasetPreviewTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SeedRows_AreShownByTheirKeys()
    {
        var path = Path.Combine(InspectionFiles.Seed, "datasets", "devils-dictionary", "train.jsonl");
        var preview = DatasetPreview.Read(path, "train.jsonl", rows: 5)!;
        preview.Rows.Count.ShouldBe(5);
        preview.Columns.ShouldNotBeEmpty();
        preview.Rows.ShouldAllBe(row => row.Count == preview.Columns.Count);
        (preview.RowCount, preview.IsCounted, preview.IsWhole, preview.Problem).ShouldBe((File.ReadLines(path).Count(), true, false, null));
    }

    [Fact]
    public void JsonRowsOfDifferentKeys_ShareOneTable()
    {
        var preview = Read("a.jsonl", "{\"a\":\"x\",\"b\":[1, 2]}\n{\"c\":null,\"a\":true}\n");
        preview.Columns.ShouldBe(["a", "b", "c"]);
        preview.Rows[0].ShouldBe(["x", "[1, 2]", null]);
        preview.Rows[1].ShouldBe(["true", null, "null"]);
        preview.IsWhole.ShouldBeTrue();
    }

    [Fact]
    public void Csv_KeepsCellsUnderTheirColumns()
    {
        var preview = Read("a.csv", "a,a,\"b,c\"\n1,2,\"x\ny\"\n4,5\n");
        preview.Columns.ShouldBe(["a", "a (2)", "b,c"]);
        preview.Rows[0].ShouldBe(["1", "2", "x\ny"]);
        preview.Rows[1].ShouldBe(["4", "5", null]);
    }

    [Fact]
    public void Text_IsShownByLines() => Read("a.txt", "one\r\n\r\ntwo\n").Rows.Select(row => row[0]).ShouldBe(["one", "two"]);

    [Fact]
    public void LongCells_AreCutBetweenCharacters()
    {
        var cell = Read("a.txt", new string('x', 999) + "😀 and more").Rows[0][0]!;
        cell.ShouldBe(new string('x', 999) + "…");
    }

    [Fact]
    public void RowsOfALargeFile_AreEstimated()
    {
        const int rows = 60_000;
        var preview = Read("a.jsonl", string.Concat(Enumerable.Range(0, rows).Select(i => $"{{\"text\":\"a row with é and the number {i:00000}\"}}\n")));
        preview.IsCounted.ShouldBeFalse();
        preview.RowCount!.Value.ShouldBeInRange((long)(rows * 0.99), (long)(rows * 1.01));
    }

    [Fact]
    public void OneLineOfManyMegabytes_IsReadInPart()
    {
        var preview = Read("a.txt", new string('x', 30 << 20));
        preview.Rows.ShouldHaveSingleItem()[0]!.Length.ShouldBe(1001);
        preview.Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("a.jsonl", "{\"a\":1}\n{\n", 1, "Line 2")]
    [InlineData("a.csv", "a\n1\n\"2\n", 1, "Line 3")]
    [InlineData("a.csv", "\"a\n1\n", 0, "Line 1")]
    public void BadRow_EndsTheTableAndIsNamed(string name, string text, int rows, string line)
    {
        var preview = Read(name, text);
        preview.Rows.Count.ShouldBe(rows);
        preview.Problem.ShouldNotBeNull().ShouldContain(line);
    }

    [Fact]
    public void BytesThatAreNoText_AreNamed()
    {
        var path = _folder.Write("x", [(byte)'a', (byte)'\n', 0xFF]);
        DatasetPreview.Read(path, "a.txt")!.Problem.ShouldNotBeNull().ShouldContain("0xFF");
    }

    [Fact]
    public void ParquetAndOtherFiles_HaveNoTable()
    {
        var path = _folder.Write("x", "PAR1");
        DatasetPreview.Read(path, "a.parquet")!.Problem.ShouldNotBeNull();
        DatasetPreview.Read(path, "README.md").ShouldBeNull();
    }

    [Fact]
    public void ManyColumns_AreBounded() => Read("a.csv", string.Join(',', Enumerable.Range(0, 5000)) + "\n" + string.Join(',', Enumerable.Range(0, 5000))).Rows[0].Count.ShouldBe(50);

    private DatasetPreview Read(string name, string text) => DatasetPreview.Read(_folder.Write(Guid.NewGuid().ToString("N"), Encoding.UTF8.GetBytes(text)), name)!;
}
