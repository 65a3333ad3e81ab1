using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Formats.Sizing;
using AdapterHub.Tests.Architecture;

namespace AdapterHub.Tests.Formats.Sizing;

public sealed class ModelSizesTests
{
    private static string Seed(params string[] parts) => Path.Combine([RepositoryTree.Root, "data", "seed", .. parts]);

    [Fact]
    public void Parameters_OfTheSeedModel_AreThoseOfItsFiles()
    {
        var sizes = ModelSizes.Find(File.ReadAllBytes(Seed("models", "inkwell", "config.json")))!;
        var stored = Directory.EnumerateFiles(Seed("models", "inkwell"), "*.safetensors").Sum(file =>
        {
            using var opened = SafetensorsFile.Open(file);
            return opened.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));
        });

        sizes.Parameters.ShouldBe(stored);
        sizes.Context.ShouldBe(512);
    }

    [Theory]
    [InlineData("king-james")]
    [InlineData("devils-dictionary")]
    public void Adapter_OfASeed_HasTheParametersOfItsFile(string name)
    {
        var sizes = ModelSizes.Find(File.ReadAllBytes(Seed("models", "inkwell", "config.json")))!;
        using var file = SafetensorsFile.Open(Seed("adapters", name, "adapter_model.safetensors"));
        var config = PeftConfig.Parse(File.ReadAllText(Seed("adapters", name, PeftConfig.FileName)));

        sizes.MeasureAdapter(config).Parameters.ShouldBe(file.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("no json")]
    [InlineData("""{"hidden_size":"many","num_attention_heads":1,"num_hidden_layers":1,"intermediate_size":1,"vocab_size":1}""")]
    public void ConfigWithoutSizes_GivesNone(string config) => ModelSizes.Find(System.Text.Encoding.UTF8.GetBytes(config)).ShouldBeNull();
}
