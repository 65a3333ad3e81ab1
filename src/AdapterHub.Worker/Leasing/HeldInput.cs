namespace AdapterHub.Worker.Leasing;

/// <summary>A file of the cache that runs hold, there or on its way.</summary>
internal sealed class HeldInput(string path, long length)
{
    public string Path { get; } = path;

    public long Length { get; } = length;

    /// <summary>One run fetches, the others wait for it. Disposed by the cache when nobody holds the file.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>Under the lock of the cache.</summary>
    public int Holders { get; set; }
}
