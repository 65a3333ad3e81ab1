using System.Collections.Immutable;
using AdapterHub.Formats;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Inspection.Uploads;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Tests.Architecture;

namespace AdapterHub.Tests.Formats.Inspection;

/// <summary>The seed's files, PEFT's golden ones, and uploads of them.</summary>
internal static class InspectionFiles
{
    public static string Seed { get; } = Path.Combine(RepositoryTree.Root, "data", "seed");

    public static string Golden { get; } = Path.Combine(RepositoryTree.Root, "tests", "AdapterHub.Engine.Tests", "Golden");

    public static string[] SeedAdapters { get; } = ["database-manual", "devils-dictionary", "king-james", "state-of-the-union"];

    public static string SeedAdapter(string name) => Path.Combine(Seed, "adapters", name);

    public static BaseTensorMap Inkwell { get; } = BaseTensorMap.Read(Path.Combine(Seed, "models", "inkwell"));

    /// <summary>Every file of a folder under its relative path.</summary>
    public static List<UploadFile> Folder(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => new UploadFile(Path.GetRelativePath(folder, file).Replace('\\', '/'), file, new FileInfo(file).Length))];

    public static UploadFile File(TemporaryFolder folder, string path, byte[] bytes) => new(path, folder.Write(Guid.NewGuid().ToString("N"), bytes), bytes.Length);

    public static UploadFile File(TemporaryFolder folder, string path, string text) => File(folder, path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>A map of nothing but these weights, in F32.</summary>
    public static BaseTensorMap Map(string? modelType, string? architecture, params (string Name, long[] Shape)[] tensors) =>
        new(tensors.ToDictionary(tensor => tensor.Name, tensor => new TensorOutline(SafetensorsDtype.F32, [.. tensor.Shape]), StringComparer.Ordinal), modelType, architecture);

    public static AdapterOutline Adapter(params ModuleOutline[] modules) => new()
    {
        Config = new AdapterHub.Formats.Peft.PeftConfig(),
        Modules = modules,
        SavedModules = ImmutableDictionary<string, TensorOutline>.Empty,
    };

    public static ModuleOutline Module(string path, long inputs, long outputs, LoraModuleKind kind = LoraModuleKind.Linear, int rank = 4) => new()
    {
        Path = path,
        Kind = kind,
        A = new TensorOutline(SafetensorsDtype.F32, [rank, inputs]),
        B = new TensorOutline(SafetensorsDtype.F32, [outputs, rank]),
        Rank = rank,
        Alpha = 8,
        Scale = 8.0 / rank,
    };
}
