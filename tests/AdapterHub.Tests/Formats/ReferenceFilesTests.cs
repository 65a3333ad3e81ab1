using System.Text;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Tests.Architecture;

namespace AdapterHub.Tests.Formats;

/// <summary>Files that the safetensors, transformers and peft libraries wrote (tests/AdapterHub.Engine.Tests/Golden, versions.json).</summary>
public sealed class ReferenceFilesTests : IDisposable
{
    private static readonly string Golden = Path.Combine(RepositoryTree.Root, "tests", "AdapterHub.Engine.Tests", "Golden");
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    /// <summary>Every adapter that PEFT saved: those of the adapters and of the blends.</summary>
    public static TheoryData<string> Adapters { get; } = [.. Folders("adapter_config.json")];

    public static TheoryData<string> SafetensorsFiles { get; } =
        [.. Directory.EnumerateFiles(Golden, "*.safetensors", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Golden, file)).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(SafetensorsFiles))]
    public void FileOfTheReferenceLibrary_ReadAndWritten_IsByteEqual(string name)
    {
        var path = Path.Combine(Golden, name);
        using var file = SafetensorsFile.Open(path);
        // The reverse order: the writer must find the library's order itself.
        SafetensorsWriter.Write(_folder["out"], file.HasMetadata ? InOrderOf(path, file.Metadata) : null, [.. file.Tensors.Reverse().Select(tensor => SafetensorsSource.FromFile(file, tensor))]);
        File.ReadAllBytes(_folder["out"]).ShouldBe(File.ReadAllBytes(path));
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public void AdapterOfPeft_ReadAndWritten_IsByteEqual(string name)
    {
        var adapter = PeftAdapterFolder.Read(Path.Combine(Golden, name));
        adapter.FindNonFinite().ShouldBeEmpty();
        PeftAdapterFolder.Write(_folder.Path, adapter);
        foreach (var file in _folder.Names)
            File.ReadAllBytes(_folder[file]).ShouldBe(File.ReadAllBytes(Path.Combine(Golden, name, file)), file);
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public void ConfigOfPeft_HasNoUnknownKeysAndThePythonStyle(string name)
    {
        var config = PeftConfig.Read(Path.Combine(Golden, name, PeftConfig.FileName));
        config.UnknownKeys.ShouldBeEmpty();
        // Raw goes through our own writer; ToJson gives the text that was read, as long as nothing changed.
        Rewritten(config).ShouldBe(config.ToJson());
    }

    [Fact]
    public void ShardedModelOfTransformers_Opens()
    {
        using var checkpoint = SafetensorsCheckpoint.Open(Path.Combine(Golden, "models", "llama-shards"));
        checkpoint.Files.Count.ShouldBeGreaterThan(1);
        checkpoint.Tensors.Keys.ShouldContain("model.embed_tokens.weight");
    }

    [Fact]
    public void ValuesOfEveryFloatType_AreThoseThatPyTorchWrote()
    {
        using var file = SafetensorsFile.Open(Path.Combine(Golden, "files", "dtypes.safetensors"));
        file.Metadata["note"].ShouldBe("café 你好 😀");
        foreach (var name in new[] { "F64", "F32", "F16", "BF16" })
            file.Load(file.Find(name)!).ToSingles().ShouldBe([-2, -1, 0, 1, 2, 3], name);
        file.Find("scalar")!.Shape.ShouldBeEmpty();
        file.Find("empty")!.Shape.ShouldBe([0, 4]);
        foreach (var tensor in file.Tensors.Where(tensor => tensor.Name.Any(char.IsUpper)))
            tensor.Dtype.FileName().ShouldBe(tensor.Name);
    }

    private static string Rewritten(PeftConfig config) => AdapterHub.Formats.Text.PythonJson.Write(config.Raw, "rank_pattern", "alpha_pattern");

    private static IEnumerable<string> Folders(string file) => Directory.EnumerateFiles(Golden, file, SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Golden, Path.GetDirectoryName(path)!)).Order(StringComparer.Ordinal);

    /// <summary>The library writes metadata in the random order of a hash table; the order read is the order in the file.</summary>
    private static IReadOnlyDictionary<string, string> InOrderOf(string path, IReadOnlyDictionary<string, string> metadata)
    {
        var header = Encoding.UTF8.GetString(File.ReadAllBytes(path));
        metadata.Keys.ShouldBe(metadata.Keys.OrderBy(key => header.IndexOf($"\"{key}\":", StringComparison.Ordinal)));
        return metadata;
    }
}
