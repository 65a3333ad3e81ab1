using System.Globalization;

namespace AdapterHub.Formats.Safetensors;

/// <summary>Writes a base model's weights, in shards where they are larger than one file should be.</summary>
public static class SafetensorsCheckpointWriter
{
    /// <summary>
    /// Writes <c>model.safetensors</c> if everything fits, else <c>model-00001-of-0000N.safetensors</c> and the index. Tensors fill the shards
    /// in the order given, as huggingface_hub splits them; one larger than <paramref name="mostShardBytes"/> has a shard of its own.
    /// Everything is on the disk before the first file takes its name; the index takes its name last.
    /// </summary>
    /// <param name="directory">Made if absent. Weights of the other form that lie there from before are removed.</param>
    /// <param name="metadata">As for <see cref="SafetensorsWriter.Write(string, IReadOnlyDictionary{string, string}?, IReadOnlyList{SafetensorsSource})"/>.</param>
    /// <param name="tensors">The weights.</param>
    /// <param name="mostShardBytes">Most bytes of tensors in a shard.</param>
    /// <returns>The paths written, the index last.</returns>
    public static IReadOnlyList<string> Write(
        string directory, IReadOnlyDictionary<string, string>? metadata, IReadOnlyList<SafetensorsSource> tensors, long mostShardBytes)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mostShardBytes);
        Directory.CreateDirectory(directory);
        var shards = Split(tensors, mostShardBytes);
        var names = shards.Select((_, index) => shards.Count == 1
            ? SafetensorsCheckpoint.SingleFileName
            : string.Create(CultureInfo.InvariantCulture, $"model-{index + 1:00000}-of-{shards.Count:00000}.safetensors")).ToList();
        var staged = new List<StagedFile>();
        try
        {
            for (var i = 0; i < shards.Count; i++)
                staged.Add(SafetensorsWriter.Stage(Path.Combine(directory, names[i]), metadata, shards[i]));
            if (shards.Count > 1)
            {
                staged.Add(StageIndex(directory, names, shards));
                names.Add(SafetensorsIndex.FileName);
            }

            staged.ForEach(file => file.Commit());
        }
        finally
        {
            staged.ForEach(file => file.Dispose());
        }

        // Left in place, it would be what a reader finds first, or a map to shards of another model.
        File.Delete(Path.Combine(directory, shards.Count == 1 ? SafetensorsIndex.FileName : SafetensorsCheckpoint.SingleFileName));
        return [.. names.Select(name => Path.Combine(directory, name))];
    }

    private static List<List<SafetensorsSource>> Split(IReadOnlyList<SafetensorsSource> tensors, long mostShardBytes)
    {
        var shards = new List<List<SafetensorsSource>>();
        var current = new List<SafetensorsSource>();
        long filled = 0;
        foreach (var tensor in tensors)
        {
            var bytes = SafetensorsShape.GetByteLength(tensor.Dtype, tensor.Shape.AsSpan());
            if (bytes > mostShardBytes)
            {
                shards.Add([tensor]);
                continue;
            }

            if (filled + bytes > mostShardBytes)
            {
                shards.Add(current);
                (current, filled) = ([], 0);
            }

            current.Add(tensor);
            filled += bytes;
        }

        if (current.Count > 0 || shards.Count == 0)
            shards.Add(current);
        return shards;
    }

    private static StagedFile StageIndex(string directory, List<string> names, List<List<SafetensorsSource>> shards)
    {
        var map = shards.SelectMany((shard, index) => shard.Select(tensor => KeyValuePair.Create(tensor.Name, names[index])));
        var total = shards.SelectMany(shard => shard).Sum(tensor => SafetensorsShape.GetByteLength(tensor.Dtype, tensor.Shape.AsSpan()));
        var staged = new StagedFile(Path.Combine(directory, SafetensorsIndex.FileName));
        staged.Stream.Write(System.Text.Encoding.UTF8.GetBytes(SafetensorsIndex.Write(map, total)));
        return staged;
    }
}
