using AdapterHub.Formats;

namespace AdapterHub.Tests.Formats;

public sealed class StagedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BeforeCommit_OnlyATemporaryFileIsThere()
    {
        using var staged = new StagedFile(_folder["out"], 5);
        staged.Stream.Write("12345"u8);
        staged.Seal();
        _folder.Names.ShouldHaveSingleItem().ShouldEndWith(".tmp");
        staged.Commit();
        _folder.Names.ShouldBe(["out"]);
        File.ReadAllText(_folder["out"]).ShouldBe("12345");
    }

    [Fact]
    public void ReservedSpace_IsNotPartOfTheFile()
    {
        using (var staged = new StagedFile(_folder["out"], 100_000))
        {
            staged.Stream.Write("12345"u8);
            staged.Commit();
        }

        new FileInfo(_folder["out"]).Length.ShouldBe(5);
    }

    [Fact]
    public void Exception_LeavesTheOldFileAndNothingElse()
    {
        StagedFile.WriteText(_folder["out"], "old");
        Should.Throw<InvalidDataException>(() => StagedFile.Write(_folder["out"], stream =>
        {
            stream.Write(new byte[1 << 20]);
            throw new InvalidDataException();
        }));
        _folder.Names.ShouldBe(["out"]);
        File.ReadAllText(_folder["out"]).ShouldBe("old");
    }

    [Fact]
    public void Commit_ReplacesTheOldFile()
    {
        StagedFile.WriteText(_folder["out"], "old");
        StagedFile.WriteText(_folder["out"], "new");
        File.ReadAllText(_folder["out"]).ShouldBe("new");
    }

    [Fact]
    public void TargetThatIsAFolder_LeavesNoTemporaryFile()
    {
        Directory.CreateDirectory(_folder["out"]);
        var exception = Record.Exception(() => StagedFile.WriteText(_folder["out"], "text"));
        (exception is IOException or UnauthorizedAccessException).ShouldBeTrue($"{exception}");
        _folder.Names.ShouldBe(["out"]);
    }
}
