using System.Text.Json;
using AdapterHub.Formats;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Safetensors;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Formats.Inspection;

public sealed class BaseTensorMapTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Inkwell_HasTheLayersOfItsConfig()
    {
        var map = InspectionFiles.Inkwell;
        map.ModelType.ShouldBe("llama");
        map.Modules.Values.Count(module => module.IsAdaptable).ShouldBe(8 * 7);
        map.Modules["model.layers.7.mlp.down_proj"].ShouldBe(new BaseModule("model.layers.7.mlp.down_proj", LoraModuleKind.Linear, 832, 288, [288, 832]), new ModuleEquality());
        map.Modules["model.embed_tokens"].Kind.ShouldBe(LoraModuleKind.Embedding);
        map.Modules["lm_head"].IsTied.ShouldBeTrue();
        map.Modules.ContainsKey("model.norm").ShouldBeFalse();
        map.Parameters.ShouldBe(map.Tensors.Values.Sum(tensor => tensor.Count));
    }

    [Fact]
    public void Json_BringsTheSameMapBack_InAFewHundredBytesALayerKind()
    {
        var json = InspectionFiles.Inkwell.ToJson();
        json.Length.ShouldBeLessThan(1000);
        ShouldBeSame(BaseTensorMap.FromJson(json), InspectionFiles.Inkwell);
    }

    [Fact]
    public void Json_OfAnyNames_BringsTheSameMapBack()
    {
        var names = Gen.Elements("a", "layers", "0", "1", "2", "3", "10", "007", "*", "x*y", "weight", "-1").ArrayOf().Where(parts => parts.Length > 0)
            .Select(parts => string.Join('.', parts)).ArrayOf();
        RandomFormats.Check(names, drawn =>
        {
            var tensors = drawn.Distinct().Select((name, i) => (name, new long[] { (i % 3) + 1, 2 })).ToArray();
            var map = InspectionFiles.Map("llama", null, tensors);
            ShouldBeSame(BaseTensorMap.FromJson(map.ToJson()), map);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"modelType":null,"architecture":null,"tensors":[["a","F99",[1]]]}""")]
    [InlineData("""{"modelType":null,"architecture":null,"tensors":[["a.*","F32",[1],"3-1"]]}""")]
    public void JsonOfSomethingElse_IsRefused(string json) => Should.Throw<JsonException>(() => BaseTensorMap.FromJson(json));

    [Fact]
    public void TransposedLayersOfGpt2_KeepTheirDirection()
    {
        var map = InspectionFiles.Map("gpt2", "GPT2LMHeadModel", ("h.0.attn.c_attn.weight", [8, 24]), ("wte.weight", [50, 8]), ("h.0.ln_1.weight", [8]));
        (map.Modules["h.0.attn.c_attn"].Inputs, map.Modules["h.0.attn.c_attn"].Outputs).ShouldBe((8, 24));
        (map.Modules["lm_head"].Inputs, map.Modules["lm_head"].Outputs).ShouldBe((8, 50));
    }

    [Fact]
    public void PackedWeights_GiveTheSizesThatTheyTell()
    {
        var map = InspectionFiles.Map("llama", null,
            ("gptq.qweight", [8, 32]), ("gptq.scales", [2, 32]), ("gptq.g_idx", [64]),
            ("awq.qweight", [64, 4]), ("awq.scales", [2, 32]),
            ("bnb.weight", [1024, 1]), ("bnb.weight.absmax", [32]));
        (map.Modules["gptq"].Inputs, map.Modules["gptq"].Outputs).ShouldBe((64, 32));
        (map.Modules["awq"].Inputs, map.Modules["awq"].Outputs).ShouldBe((64, 32));
        (map.Modules["bnb"].Inputs, map.Modules["bnb"].Outputs).ShouldBe((null, null));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("\u0000")]
    public void BrokenConfig_IsRefused(string config)
    {
        SafetensorsWriter.Write(_folder["model.safetensors"], null, [SafetensorsSource.FromTensor("a.weight", PeftAdapters.Tensor(2, 2))]);
        _folder.Write("config.json", config);
        Should.Throw<AdapterFormatException>(() => BaseTensorMap.Read(_folder.Path));
    }

    [Fact]
    public void OnlyHeadersAreRead()
    {
        // A header of 300 GB of weights in a file without a byte of them would be refused; a sparse file of them is not read through.
        var header = System.Text.Encoding.UTF8.GetBytes("""{"a.weight":{"dtype":"F32","shape":[262144,262144],"data_offsets":[0,274877906944]}}""");
        using (var stream = File.Create(_folder["model.safetensors"]))
        {
            stream.Write(BitConverter.GetBytes((ulong)header.Length));
            stream.Write(header);
            try
            {
                stream.SetLength(8 + header.Length + 274877906944);
            }
            catch (IOException)
            {
                Assert.Skip("this file system has no sparse files of that size");
            }
        }

        BaseTensorMap.Read(_folder.Path).Modules["a"].Inputs.ShouldBe(262144);
    }

    private static void ShouldBeSame(BaseTensorMap found, BaseTensorMap expected)
    {
        (found.ModelType, found.Architecture).ShouldBe((expected.ModelType, expected.Architecture));
        found.Tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal).ShouldBe(expected.Tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal));
        found.Modules.Keys.ShouldBe(expected.Modules.Keys, ignoreOrder: true);
    }

    private sealed class ModuleEquality : IEqualityComparer<BaseModule>
    {
        public bool Equals(BaseModule? x, BaseModule? y) => x! with { Shape = [] } == y! with { Shape = [] } && x.Shape.SequenceEqual(y.Shape);

        public int GetHashCode(BaseModule module) => module.Path.GetHashCode(StringComparison.Ordinal);
    }
}
