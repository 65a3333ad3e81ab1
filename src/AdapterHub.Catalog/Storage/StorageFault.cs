using Microsoft.Data.Sqlite;

namespace AdapterHub.Catalog.Storage;

/// <summary>Failures of the disk that a person can do something about, in words.</summary>
public static class StorageFault
{
    /// <summary>SQLITE_FULL, and SQLITE_IOERR, which a full disk gives where the shared memory or a journal would grow.</summary>
    private static readonly int[] Refused = [13, 10];

    // .NET on Unix puts errno into HResult: ENOSPC and EDQUOT of Linux. The last two are Windows' ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private static readonly int[] Full = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>Whether the disk, or the database for want of disk, took no more. It may be tried again when there is room.</summary>
    public static bool IsDiskFull(Exception? failure) => failure switch
    {
        null => false,
        IOException io when Full.Contains(io.HResult) => true,
        SqliteException database when Refused.Contains(database.SqliteErrorCode) => true,
        _ => IsDiskFull(failure.InnerException),
    };

    internal static CatalogException DiskFull(string folder) => new(CatalogFault.DiskFull,
        $"The disk of the hub is full: {folder} took no more bytes. Nothing of the file was kept that others could see; free some space, or ask whoever runs the hub to.");
}
