namespace AdapterHub.Worker;

/// <summary>The rules for a folder that a run writes into: nothing of a person's is overwritten unasked.</summary>
public static class OutputFolder
{
    /// <summary>Looks, before anything costs time, whether the result may go there. Makes nothing.</summary>
    /// <exception cref="RunInputException">It is a file, or holds something that was not said to be overwritten.</exception>
    public static void Check(string path, bool mayHoldSomething, string remedy)
    {
        if (File.Exists(path))
            throw new RunInputException($"--out {path}: that is a file; give a folder.");
        if (!mayHoldSomething && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            throw new RunInputException($"--out {path}: the folder holds something already. {remedy}");
        var parent = new DirectoryInfo(Path.GetFullPath(path));
        while (parent is { Exists: false })
            parent = parent.Parent;
        if (parent is null || File.Exists(parent.FullName))
            throw new RunInputException($"--out {path}: there is no place for it.");
    }

    /// <summary>All files in it, in bytes, those of subfolders left out.</summary>
    public static long Size(string path) => new DirectoryInfo(path).EnumerateFiles().Sum(file => file.Length);
}
