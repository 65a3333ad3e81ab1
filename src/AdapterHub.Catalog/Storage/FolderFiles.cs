namespace AdapterHub.Catalog.Storage;

internal static class FolderFiles
{
    /// <summary>
    /// Files of a folder in which others come, move and go meanwhile: those that are gone already are left out. Length and times are those of one
    /// moment; of a missing file the one would throw and the other be of the year 1601.
    /// </summary>
    public static IEnumerable<FileInfo> Of(string folder, string pattern = "*") => new DirectoryInfo(folder).EnumerateFiles(pattern).Where(file => file.Exists);
}
