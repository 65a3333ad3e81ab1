namespace AdapterHub.Catalog;

/// <summary>Where the hub keeps its files: one folder to back up, one to point <c>--data</c> at.</summary>
public sealed class CatalogPaths
{
    public CatalogPaths(string folder)
    {
        Folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(Blobs);
        Directory.CreateDirectory(Quarantine);
    }

    public string Folder { get; }

    public string Database => Path.Combine(Folder, "hub.db");

    /// <summary>Content-addressed: <c>blobs/ab/cdef...</c></summary>
    public string Blobs => Path.Combine(Folder, "blobs");

    /// <summary>What is arriving and not yet verified. On the same file system as <see cref="Blobs"/>, so that moving is one rename.</summary>
    public string Quarantine => Path.Combine(Folder, "quarantine");
}
