using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Inspection;

/// <summary>A tensor of a file, as a viewer shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dtype">Its type as in the file, such as BF16.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Bytes">How many bytes it takes.</param>
public sealed record ListedTensor(string Name, string Dtype, IReadOnlyList<long> Shape, long Bytes)
{
    /// <summary>Number of elements.</summary>
    [JsonIgnore]
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}

/// <summary>All tensors of one type together.</summary>
public sealed record ListedDtype(string Dtype, int Tensors, long Parameters, long Bytes);

/// <summary>What a safetensors file holds, from its header alone.</summary>
public sealed record SafetensorsListing
{
    /// <summary>Bytes of the whole file.</summary>
    public required long Bytes { get; init; }

    /// <summary>The file's own metadata.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>In ascending order of their names.</summary>
    public required IReadOnlyList<ListedTensor> Tensors { get; init; }

    /// <summary>Totals by type, the largest first.</summary>
    public required IReadOnlyList<ListedDtype> Dtypes { get; init; }

    /// <summary>Elements of all tensors.</summary>
    [JsonIgnore]
    public long Parameters => Dtypes.Sum(dtype => dtype.Parameters);

    /// <summary>Lists a file.</summary>
    /// <exception cref="AdapterFormatException">As for <see cref="SafetensorsFile.Open"/>.</exception>
    public static SafetensorsListing Read(string path, SafetensorsLimits? limits = null)
    {
        using var file = SafetensorsFile.Open(path, limits);
        ImmutableArray<ListedTensor> tensors = [.. file.Tensors
            .Select(tensor => new ListedTensor(tensor.Name, tensor.Dtype.FileName(), [.. tensor.Shape], tensor.ByteLength))
            .OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        return new SafetensorsListing
        {
            Bytes = new FileInfo(path).Length,
            Metadata = new Dictionary<string, string>(file.Metadata),
            Tensors = tensors,
            Dtypes = [.. tensors.GroupBy(tensor => tensor.Dtype)
                .Select(group => new ListedDtype(group.Key, group.Count(), group.Sum(tensor => tensor.Count), group.Sum(tensor => tensor.Bytes)))
                .OrderByDescending(dtype => dtype.Bytes).ThenBy(dtype => dtype.Dtype, StringComparer.Ordinal)],
        };
    }
}
