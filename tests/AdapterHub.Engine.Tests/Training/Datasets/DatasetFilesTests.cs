using AdapterHub.Engine.Training.Datasets;

namespace AdapterHub.Engine.Tests.Training.Datasets;

public sealed class DatasetFilesTests : IDisposable
{
    private readonly DatasetFolder _folder = new();

    public DatasetFilesTests()
    {
        foreach (var name in new[] { "b.txt", "a.TXT", "c.md", "x/d.jsonl", "x/y/e.csv", "x/.hidden.txt", "weird[1].txt" })
            _folder.Write(name, "text");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "a.TXT b.txt weird[1].txt x/d.jsonl x/y/e.csv")]
    [InlineData("*.txt", "b.txt weird[1].txt")]
    [InlineData("?.txt", "b.txt")]
    [InlineData("*/*.jsonl", "x/d.jsonl")]
    [InlineData("**/*.csv", "x/y/e.csv")]
    [InlineData("**", "a.TXT b.txt weird[1].txt x/d.jsonl x/y/e.csv")]
    [InlineData("x/**/e.*", "x/y/e.csv")]
    [InlineData("weird[1].txt", "weird[1].txt")]
    public void FolderOrPattern_GivesItsFilesInOrder(string pattern, string expected) =>
        string.Join(' ', DatasetFiles.Resolve([Path.Combine(_folder.Root, pattern)])
            .Select(file => Path.GetRelativePath(_folder.Root, file.Path))).ShouldBe(expected);

    [Fact]
    public void FileNamedTwice_IsReadOnce()
    {
        var file = Path.Combine(_folder.Root, "b.txt");
        var files = DatasetFiles.Resolve([file, _folder.Root, Path.Combine(_folder.Root, "x", "..", "b.txt")]);
        files.Count(found => Path.GetFileName(found.Path) == "b.txt").ShouldBe(1);
        files[0].ShouldBe(new DatasetFile(file, DatasetFileKind.Text, 4));
    }
}
