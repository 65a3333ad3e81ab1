namespace AdapterHub.Tests.Formats;

/// <summary>A folder of its own for each test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder;

    public TemporaryFolder()
        : this(Directory.CreateTempSubdirectory("adapterhub-"))
    {
    }

    private TemporaryFolder(DirectoryInfo folder) => _folder = folder;

    public string Path => _folder.FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>For tests that write hundreds of files, each flushed to the disk, where a real one would take most of the time.</summary>
    public static TemporaryFolder InMemory() =>
        Directory.Exists("/dev/shm") ? new TemporaryFolder(Directory.CreateDirectory($"/dev/shm/adapterhub-{Guid.NewGuid():N}")) : new TemporaryFolder();

    public string[] Names => [.. Directory.EnumerateFileSystemEntries(Path).Select(entry => System.IO.Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
