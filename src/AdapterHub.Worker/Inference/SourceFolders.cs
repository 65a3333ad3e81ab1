using System.Security.Cryptography;
using System.Text;
using AdapterHub.Protocol.Inference;

namespace AdapterHub.Worker.Inference;

/// <summary>Gives files that lie under their digests the folder that readers of models and adapters expect, by links.</summary>
internal sealed class SourceFolders(string root)
{
    /// <summary>Equal for sources with the same files.</summary>
    public static string KeyOf(EngineSource source) => source.Folder is { } folder
        ? Path.GetFullPath(folder)
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Files(source).Select(file => $"{file.Key}\0{file.Value}\n")))));

    /// <exception cref="RunInputException">The source names neither a folder nor files, or a file is absent.</exception>
    public string Find(EngineSource source)
    {
        if (source.Folder is { } given)
            return Directory.Exists(given) ? given : throw new RunInputException($"{source.Name}: the folder {given} does not exist.");
        var files = Files(source).ToList();
        if (files.Count == 0)
            throw new RunInputException($"{source.Name} has no files.");
        if (files.Find(file => !File.Exists(file.Value)) is { Key: not null } missing)
            throw new RunInputException($"{source.Name}: the bytes of {missing.Key} are not there.");
        var folder = Path.Combine(root, KeyOf(source));
        if (Directory.Exists(folder))
            return folder;
        var fresh = Directory.CreateDirectory(Path.Combine(root, $"new-{Guid.NewGuid():N}")).FullName;
        foreach (var (name, path) in files)
            File.CreateSymbolicLink(Path.Combine(fresh, name), path);
        try
        {
            Directory.Move(fresh, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(fresh, recursive: true); // somebody else was first
        }

        return folder;
    }

    // Models and adapters have no folders; a path in a name is nothing that is needed, nor to be trusted.
    private static IEnumerable<KeyValuePair<string, string>> Files(EngineSource source) =>
        (source.Files ?? new Dictionary<string, string>()).Where(file => file.Key.Length > 0 && file.Key == Path.GetFileName(file.Key) && file.Key is not ("." or ".."))
            .OrderBy(file => file.Key, StringComparer.Ordinal);
}
