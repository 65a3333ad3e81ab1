namespace AdapterHub.Formats;

/// <summary>
/// A file that appears whole or not at all: bytes go to a temporary file in the same folder, reach the disk, and take the final name in one
/// rename. Disposed before <see cref="Commit"/>, it leaves nothing behind and the old file, if any, untouched.
/// </summary>
public sealed class StagedFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private bool _sealed;
    private bool _committed;

    /// <param name="path">The final name. Its folder must exist.</param>
    /// <param name="length">The number of bytes to come, when known: a disk that cannot hold them is noticed before the first is written.</param>
    public StagedFile(string path, long length = 0)
    {
        _path = Path.GetFullPath(path);
        _temporary = Path.Combine(Path.GetDirectoryName(_path)!, $".{Guid.NewGuid():N}.tmp");
        _stream = new FileStream(_temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 1 << 16,
            PreallocationSize = length,
        });
    }

    public Stream Stream => _stream;

    /// <summary>Writes a whole file through <paramref name="write"/>; on any failure of it nothing changes.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var staged = new StagedFile(path);
        write(staged.Stream);
        staged.Commit();
    }

    /// <summary>Writes a whole file of UTF-8 text.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>Brings the bytes to the disk and closes the temporary file, still under its temporary name.</summary>
    public void Seal()
    {
        if (_sealed)
            return;
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        _sealed = true;
    }

    /// <summary>Gives the file its final name, replacing a file of that name.</summary>
    public void Commit()
    {
        Seal();
        File.Move(_temporary, _path, overwrite: true);
        _committed = true;
    }

    public void Dispose()
    {
        if (_committed)
            return;
        try
        {
            _stream.Dispose();
        }
        finally
        {
            File.Delete(_temporary);
        }
    }
}
