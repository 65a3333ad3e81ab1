using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Tests.Formats;

public sealed class SafetensorsCheckpointTests : IDisposable
{
    private static readonly Dictionary<string, string> PyTorch = new() { ["format"] = "pt" };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LargeModel_IsShardedAsHuggingFaceDoes()
    {
        var written = SafetensorsCheckpointWriter.Write(_folder.Path, PyTorch, Model(("a", 4), ("b", 6), ("big", 30), ("c", 4), ("d", 1)), 10);

        written.Select(Path.GetFileName).ShouldBe(
            ["model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors", "model.safetensors.index.json"]);
        File.ReadAllText(_folder["model.safetensors.index.json"]).ShouldBe(
            """
            {
              "metadata": {
                "total_size": 45
              },
              "weight_map": {
                "a": "model-00002-of-00003.safetensors",
                "b": "model-00002-of-00003.safetensors",
                "big": "model-00001-of-00003.safetensors",
                "c": "model-00003-of-00003.safetensors",
                "d": "model-00003-of-00003.safetensors"
              }
            }

            """);
        using var checkpoint = SafetensorsCheckpoint.Open(_folder.Path);
        checkpoint.Files.Count.ShouldBe(3);
        checkpoint.Tensors.Keys.Order(StringComparer.Ordinal).ShouldBe(["a", "b", "big", "c", "d"]);
        var (file, tensor) = checkpoint.Tensors["big"];
        file.Read(tensor).ShouldBe(Enumerable.Repeat((byte)'b', 30));
    }

    [Fact]
    public void SmallModel_IsOneFile_AndOldShardsAreNoLongerFound()
    {
        SafetensorsCheckpointWriter.Write(_folder.Path, PyTorch, Model(("a", 8), ("b", 8)), 10);
        SafetensorsCheckpointWriter.Write(_folder.Path, PyTorch, Model(("new", 10)), 10).Select(Path.GetFileName).ShouldBe(["model.safetensors"]);
        using (var checkpoint = SafetensorsCheckpoint.Open(_folder.Path))
            checkpoint.Tensors.Keys.ShouldBe(["new"]);

        SafetensorsCheckpointWriter.Write(_folder.Path, PyTorch, Model(("a", 8), ("b", 8)), 10);
        using (var checkpoint = SafetensorsCheckpoint.Open(_folder.Path))
            checkpoint.Tensors.Keys.Order(StringComparer.Ordinal).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void SingleFile_OpensByItsPath()
    {
        SafetensorsWriter.Write(_folder["weights.safetensors"], PyTorch, Model(("a", 1)));
        using var checkpoint = SafetensorsCheckpoint.Open(_folder["weights.safetensors"]);
        checkpoint.Tensors.Keys.ShouldBe(["a"]);
    }

    [Fact]
    public void FailureInTheLastShard_WritesNothing()
    {
        var full = new SafetensorsSource("z", SafetensorsDtype.U8, [9], _ => throw new IOException("No space left on device"));
        Should.Throw<IOException>(() => SafetensorsCheckpointWriter.Write(_folder.Path, PyTorch, [.. Model(("a", 9), ("b", 9)), full], 10));
        _folder.Names.ShouldBeEmpty();
    }

    [Fact]
    public void EverythingWrongWithTheShards_IsReportedAtOnce()
    {
        SafetensorsWriter.Write(_folder["one.safetensors"], PyTorch, Model(("a", 1), ("extra", 1)));
        _folder.Write("broken.safetensors", [1, 2, 3]);
        _folder.Write("model.safetensors.index.json", """
            {"weight_map": {"a": "one.safetensors", "lost": "one.safetensors", "b": "broken.safetensors", "c": "absent.safetensors"}}
            """);

        var exception = Should.Throw<AdapterFormatException>(() => SafetensorsCheckpoint.Open(_folder.Path));
        exception.Findings.Count.ShouldBe(4);
        exception.Message.ShouldContain("lost: the index places it in a shard that does not hold it (expected one.safetensors)");
        exception.Message.ShouldContain("extra: a shard holds it, but the index does not place it there (found one.safetensors)");
        exception.Message.ShouldContain("broken.safetensors: the file is too short");
        exception.Message.ShouldContain("missing (expected absent.safetensors)");
    }

    [Theory]
    [InlineData("../secret.safetensors")]
    [InlineData("/etc/secret.safetensors")]
    [InlineData("sub/one.safetensors")]
    [InlineData("..\\\\one.safetensors")]
    [InlineData("C:one.safetensors")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData(".hidden.safetensors")]
    [InlineData("one.safetensors\\u0000.txt")]
    [InlineData("one.txt")]
    public void ShardOutsideItsFolder_IsRefused(string shard)
    {
        _folder.Write("model.safetensors.index.json", $$"""{"weight_map": {"a": "{{shard}}"} }""");
        Should.Throw<AdapterFormatException>(() => SafetensorsCheckpoint.Open(_folder.Path)).Message.ShouldContain("not the plain name");
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "no weight_map")]
    [InlineData("""{"weight_map": []}""", "no weight_map")]
    [InlineData("""{"weight_map": {}}""", "weight_map is empty")]
    [InlineData("""{"weight_map": {"a": 1}}""", "not the plain name")]
    [InlineData("""{"weight_map": {"a": "x.safetensors", "a": "x.safetensors"}}""", "names a tensor twice")]
    [InlineData("""{"weight_map": {"a": "\ud800.safetensors"}}""", "not Unicode")]
    [InlineData("""{"weight_map": {"a": "pytorch_model-00001-of-00002.bin"}}""", "pickle")]
    public void BadIndex_IsRefused(string index, string problem)
    {
        _folder.Write("model.safetensors.index.json", index);
        Should.Throw<AdapterFormatException>(() => SafetensorsCheckpoint.Open(_folder.Path)).Message.ShouldContain(problem);
    }

    [Fact]
    public void FolderWithoutSafetensors_SaysWhatItLacks()
    {
        Should.Throw<AdapterFormatException>(() => SafetensorsCheckpoint.Open(_folder.Path)).Message.ShouldContain("no weights");
        _folder.Write("pytorch_model.bin", [1]);
        Should.Throw<AdapterFormatException>(() => SafetensorsCheckpoint.Open(_folder.Path)).Message.ShouldContain("pickle");
    }

    private static SafetensorsSource[] Model(params (string Name, int Bytes)[] tensors) =>
        [.. tensors.Select(tensor => SafetensorsSource.FromBytes(tensor.Name, SafetensorsDtype.U8, [tensor.Bytes], Enumerable.Repeat((byte)tensor.Name[0], tensor.Bytes).ToArray()))];
}
