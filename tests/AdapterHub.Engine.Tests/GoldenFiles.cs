using AdapterHub.Engine.Models;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests;

/// <summary>Golden numbers made by transformers, PEFT and tokenizers (Golden/make_golden.py), and material beside the checkout.</summary>
internal static class GoldenFiles
{
    public static string Root { get; } = FindRoot();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, "tests", "AdapterHub.Engine.Tests", "Golden", .. parts]);

    public static IEnumerable<string> Names(string kind) => Directory.EnumerateDirectories(Path(kind)).Select(folder => System.IO.Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    /// <summary>A file of the shared folder beside the checkout; the test is skipped where it is absent.</summary>
    public static string Shared(params string[] parts)
    {
        var path = System.IO.Path.Combine([Root, "..", "shared", .. parts]);
        Assert.SkipUnless(System.IO.Path.Exists(path), $"{System.IO.Path.GetFullPath(path)} is absent");
        return path;
    }

    public static Tensor Read(string file, string tensor)
    {
        using var source = SafetensorsFile.Open(file);
        var found = source.Find(tensor) ?? throw new InvalidOperationException($"{file} has no {tensor}");
        TensorTypes.TryToTorch(found.Dtype, out var type);
        return Tensor.FromBytes(source.Read(found), type, found.Shape.AsSpan());
    }

    public static int[][] Rows(string file, string tensor)
    {
        using var ids = Read(file, tensor);
        var (values, width) = (ids.ToArray<long>(), (int)ids.Size(1));
        return [.. Enumerable.Range(0, (int)ids.Size(0)).Select(row => values.Skip(row * width).Take(width).Select(id => (int)id).ToArray())];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "AdapterHub.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No AdapterHub.sln above {AppContext.BaseDirectory}.");
    }
}
