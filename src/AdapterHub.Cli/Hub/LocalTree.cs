using System.Security.Cryptography;
using AdapterHub.Protocol.Hub;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Hub;

/// <summary>A file that is to be published.</summary>
/// <param name="Path">In the repository, with forward slashes.</param>
/// <param name="FullName">On this machine.</param>
internal sealed record LocalFile(string Path, string FullName, long Length, string Digest)
{
    public HubAnnouncedFile Announced => new(Path, Length, Digest);
}

/// <summary>Files of a folder that go to a hub, and names under which files of a hub may be written here.</summary>
internal static class LocalTree
{
    private static readonly string[] LeftOut = [".git", ".hg", ".svn", ".DS_Store", "Thumbs.db", "__pycache__", ".ipynb_checkpoints", "checkpoints"];

    /// <summary>Every file below the folder but for what version control and systems keep there. Links to files are followed, links to folders refused.</summary>
    public static IReadOnlyList<string> List(string folder)
    {
        if (File.Exists(folder))
            throw new RunInputException($"{folder} is a file; push takes the folder that it lies in.");
        if (!Directory.Exists(folder))
            throw new RunInputException($"{folder}: there is no such folder.");
        var files = new List<string>();
        Collect(new DirectoryInfo(folder), files);
        files.Sort(StringComparer.Ordinal);
        return files.Count > 0 ? files : throw new RunInputException($"{folder} has no files.");
    }

    public static async Task<LocalFile> HashAsync(string folder, string file, CancellationToken cancel)
    {
        await using var stream = Open(file);
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel).ConfigureAwait(false));
        return new LocalFile(Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'), file, stream.Length, digest);
    }

    public static FileStream Open(string file) => new(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);

    /// <summary>Where a hub's path lies below the folder. A hub is not trusted with names: none leads out of the folder.</summary>
    public static string Target(string folder, string path)
    {
        var parts = path.Split('/');
        var isSafe = path.Length > 0 && !path.Contains('\\', StringComparison.Ordinal) && !Path.IsPathRooted(path) && !path.Contains(':', StringComparison.Ordinal)
            && parts.All(part => part.Length > 0 && part is not ("." or "..") && !part.Any(char.IsControl));
        return isSafe ? Path.Combine([folder, .. parts])
            : throw new RunInputException($"The hub lists a file \"{path}\", which would not lie in {folder}. Nothing was written for it; such a hub is not to be trusted.");
    }

    private static void Collect(DirectoryInfo folder, List<string> files)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (LeftOut.Contains(entry.Name, StringComparer.OrdinalIgnoreCase) || entry.Name.EndsWith(".part", StringComparison.Ordinal))
                continue;
            if (entry.LinkTarget is not null && entry.ResolveLinkTarget(returnFinalTarget: true) is not FileInfo { Exists: true })
                throw new RunInputException($"{entry.FullName} is a link to a folder or to nothing; replace it by what it leads to, or remove it.");
            if (entry is DirectoryInfo below)
                Collect(below, files);
            else
                files.Add(entry.FullName);
        }
    }
}
