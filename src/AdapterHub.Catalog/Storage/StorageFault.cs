namespace AdapterHub.Catalog.Storage;

/// <summary>Failures of the disk that a person can do something about, in words.</summary>
internal static class StorageFault
{
    // .NET on Unix puts errno into HResult: ENOSPC and EDQUOT of Linux. The last two are Windows' ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private static readonly int[] Full = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    public static bool IsDiskFull(IOException failure) => Full.Contains(failure.HResult);

    public static CatalogException DiskFull(string folder) => new(CatalogFault.QuotaExceeded,
        $"The disk of the hub is full: {folder} took no more bytes. Nothing of the file was kept that others could see; free some space, or ask whoever runs the hub to.");
}
