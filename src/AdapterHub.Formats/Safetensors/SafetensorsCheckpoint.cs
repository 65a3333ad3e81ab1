using System.Collections.Frozen;

namespace AdapterHub.Formats.Safetensors;

/// <summary>A base model's weights: one safetensors file, or shards with an index. Everything is checked when it opens.</summary>
public sealed class SafetensorsCheckpoint : IDisposable
{
    internal const string SingleFileName = "model.safetensors";
    private readonly List<SafetensorsFile> _files;

    private SafetensorsCheckpoint(string path, List<SafetensorsFile> files)
    {
        Path = path;
        _files = files;
        Tensors = files.SelectMany(file => file.Tensors.Select(tensor => (File: file, Tensor: tensor)))
            .ToFrozenDictionary(entry => entry.Tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The single file, or the index.</summary>
    public string Path { get; }

    public IReadOnlyList<SafetensorsFile> Files => _files;

    /// <summary>Every tensor of every shard by name.</summary>
    public IReadOnlyDictionary<string, (SafetensorsFile File, SafetensorsTensor Tensor)> Tensors { get; }

    /// <summary>
    /// Opens a model folder (<c>model.safetensors</c>, else <c>model.safetensors.index.json</c>, as transformers looks for them), a single
    /// file, or an index.
    /// </summary>
    /// <exception cref="AdapterFormatException">
    /// No safetensors there, a pickle instead, an index that leaves its folder, or all at once: missing shards, broken shards, tensors that a
    /// shard lacks, tensors that the index does not place in the shard holding them.
    /// </exception>
    public static SafetensorsCheckpoint Open(string directoryOrFile, SafetensorsLimits? limits = null)
    {
        var path = Directory.Exists(directoryOrFile) ? FindIn(directoryOrFile) : directoryOrFile;
        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? OpenShards(path, limits)
            : new SafetensorsCheckpoint(path, [SafetensorsFile.Open(path, limits)]);
    }

    /// <summary>Opens the shards of an index that lie elsewhere than beside it, or under other names.</summary>
    /// <param name="indexPath">The index.</param>
    /// <param name="locate">The path of the shard of that name; null where there is none.</param>
    /// <param name="limits">Caps on what the files may ask for.</param>
    /// <exception cref="AdapterFormatException">As for <see cref="Open"/>.</exception>
    public static SafetensorsCheckpoint OpenShards(string indexPath, Func<string, string?> locate, SafetensorsLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(locate);
        var weightMap = SafetensorsIndex.Read(indexPath, limits ?? SafetensorsLimits.Default);
        var findings = new FormatFindings();
        var files = new List<SafetensorsFile>();
        var whole = false;
        try
        {
            foreach (var shard in weightMap.GroupBy(entry => entry.Value, entry => entry.Key, StringComparer.Ordinal))
            {
                if (OpenShard(shard.Key, locate(shard.Key), limits, findings) is not { } file)
                    continue;
                files.Add(file);
                CheckShard(file, shard, findings);
            }

            findings.ThrowIfAny(indexPath);
            whole = true;
            return new SafetensorsCheckpoint(indexPath, files);
        }
        finally
        {
            if (!whole)
                files.ForEach(file => file.Dispose());
        }
    }

    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    private static string FindIn(string directory)
    {
        foreach (var name in new[] { SingleFileName, SafetensorsIndex.FileName })
        {
            var path = System.IO.Path.Combine(directory, name);
            if (File.Exists(path))
                return path;
        }

        var pickle = Directory.EnumerateFiles(directory).Where(PickleFiles.HasPickleName).Order(StringComparer.Ordinal).FirstOrDefault();
        throw pickle is not null
            ? PickleFiles.Refuse(pickle)
            : new AdapterFormatException(directory, [new FormatFinding(null, "there are no weights in this folder", $"{SingleFileName} or {SafetensorsIndex.FileName}")]);
    }

    private static SafetensorsCheckpoint OpenShards(string indexPath, SafetensorsLimits? limits)
    {
        var folder = System.IO.Path.GetDirectoryName(indexPath)!;
        return OpenShards(indexPath, name => System.IO.Path.Combine(folder, name), limits);
    }

    private static SafetensorsFile? OpenShard(string name, string? path, SafetensorsLimits? limits, FormatFindings findings)
    {
        try
        {
            if (path is not null)
                return SafetensorsFile.Open(path, limits);
        }
        catch (AdapterFormatException exception)
        {
            findings.AddAll(exception, name);
            return null;
        }
        catch (FileNotFoundException)
        {
        }

        findings.Add(null, "a shard that the index names is missing", name);
        return null;
    }

    private static void CheckShard(SafetensorsFile file, IGrouping<string, string> shard, FormatFindings findings)
    {
        var expected = shard.ToHashSet(StringComparer.Ordinal);
        foreach (var tensor in expected.Where(tensor => file.Find(tensor) is null))
            findings.Add(tensor, "the index places it in a shard that does not hold it", shard.Key);
        foreach (var tensor in file.Tensors.Where(tensor => !expected.Contains(tensor.Name)))
            findings.Add(tensor.Name, "a shard holds it, but the index does not place it there", null, shard.Key);
    }
}
