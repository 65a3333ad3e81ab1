using AdapterHub.Cli.Output;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Cli.Inspection;

/// <summary>A tensor of a file.</summary>
internal sealed record TensorLine(string Name, string Dtype, IReadOnlyList<long> Shape, long Bytes);

/// <summary>What a safetensors file holds.</summary>
internal sealed record FileInspection(string Path, long Bytes, long Parameters, IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<TensorLine> Tensors)
{
    private const int MostLines = 400;

    public string Kind => "safetensors";

    public static FileInspection Of(string path)
    {
        using var file = SafetensorsFile.Open(path);
        var tensors = file.Tensors
            .Select(tensor => new TensorLine(tensor.Name, tensor.Dtype.FileName(), [.. tensor.Shape], tensor.ByteLength))
            .OrderBy(tensor => tensor.Name, StringComparer.Ordinal).ToList();
        return new FileInspection(path, new FileInfo(path).Length, tensors.Sum(Count), new Dictionary<string, string>(file.Metadata), tensors);
    }

    public static long Count(TensorLine tensor) => tensor.Shape.Aggregate(1L, (product, size) => product * size);

    public void Show(Terminal terminal)
    {
        terminal.WritePairs(
        [
            ("file", $"{Path} ({Words.Bytes(Bytes)})"),
            ("tensors", $"{Words.Count(Tensors.Count)} with {Words.Count(Parameters)} numbers"),
            .. Metadata.Select(entry => ($"metadata {entry.Key}", entry.Value)),
        ]);
        terminal.WriteTable(["tensor", "type", "shape", "size"], [.. Tensors.Take(MostLines).Select(tensor =>
            new[] { tensor.Name, tensor.Dtype, $"[{string.Join(", ", tensor.Shape)}]", Words.Bytes(tensor.Bytes) })]);
        if (Tensors.Count > MostLines)
            terminal.Out.WriteLine($"and {Tensors.Count - MostLines} more; --json lists all");
    }
}
