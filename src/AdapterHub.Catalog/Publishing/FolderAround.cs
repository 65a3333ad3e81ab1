namespace AdapterHub.Catalog.Publishing;

/// <summary>The folder that a dropped folder or an archive has around everything.</summary>
internal static class FolderAround
{
    /// <summary>The first part that all paths have in common, with its slash; empty where one of them lies at the top.</summary>
    public static string Find(IEnumerable<string> paths)
    {
        string? folder = null;
        foreach (var path in paths)
        {
            var slash = path.IndexOf('/', StringComparison.Ordinal);
            if (slash <= 0 || slash == path.Length - 1 || (folder is not null && !path.StartsWith(folder, StringComparison.Ordinal)))
                return "";
            folder ??= path[..(slash + 1)];
        }

        return folder is null or "./" or "../" ? "" : folder;
    }
}
