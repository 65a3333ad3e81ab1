using AdapterHub.Cli.Output;
using AdapterHub.Formats.Inspection;

namespace AdapterHub.Cli.Inspection;

/// <summary>What a safetensors file holds.</summary>
internal sealed record FileInspection(string Path, long Bytes, long Parameters, IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<ListedTensor> Tensors)
{
    private const int MostLines = 400;

    public string Kind => "safetensors";

    public static FileInspection Of(string path)
    {
        var listing = SafetensorsListing.Read(path);
        return new FileInspection(path, listing.Bytes, listing.Parameters, listing.Metadata, listing.Tensors);
    }

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
