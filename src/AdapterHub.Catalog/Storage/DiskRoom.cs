namespace AdapterHub.Catalog.Storage;

/// <summary>Whether bytes to come would fit the disk: better said before they are sent than after half of them.</summary>
internal static class DiskRoom
{
    /// <summary>Stays free for the database and its log.</summary>
    private const long Reserve = 64 << 20;

    /// <exception cref="CatalogException">DiskFull.</exception>
    public static void Require(string folder, long bytes)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (bytes > free - Reserve)
        {
            throw new CatalogException(CatalogFault.DiskFull,
                $"The disk of the hub has {ByteText.Of(free)} free, and {ByteText.Of(bytes)} are to come. Ask whoever runs the hub to make room.");
        }
    }
}
