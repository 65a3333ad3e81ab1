using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Peft;
using AdapterHub.Tests.Architecture;

namespace AdapterHub.Tests.Formats.Inspection;

public sealed class AdapterFactsTests
{
    [Fact]
    public void SeedAdapter_IsPlainLora()
    {
        var facts = Read(InspectionFiles.SeedAdapter("king-james"));
        (facts.Method, facts.RankText, facts.AlphaText, facts.Modules, facts.Layers, facts.BaseModel).ShouldBe(("LoRA", "8", "16", 56, 8, "inkwell"));
        facts.Targets.ShouldBe(["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]);
        facts.Extras.ShouldBeEmpty();
        var adapter = PeftAdapterFolder.Read(InspectionFiles.SeedAdapter("king-james"));
        facts.Parameters.ShouldBe(adapter.Modules.Sum(module => module.A.Count + module.B.Count));
        facts.TensorBytes.ShouldBe(adapter.Modules.Sum(module => module.A.Bytes.Length + module.B.Bytes.Length));
        facts.ShareOf(InspectionFiles.Inkwell)!.Value.ShouldBe((double)facts.Parameters / InspectionFiles.Inkwell.Parameters, 1e-12);
        AdapterFacts.Of(adapter).ToString().ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("plain", "LoRA", "")]
    [InlineData("rslora", "rsLoRA", "")]
    [InlineData("dora", "DoRA", "")]
    [InlineData("lora-bias", "LoRA", "bias of B")]
    [InlineData("bias-all", "LoRA", "biases")]
    [InlineData("saved-head", "LoRA", "whole modules")]
    [InlineData("trainable-tokens", "LoRA", "token rows")]
    public void AdaptersOfPeft_AreNamedByTheirMethod(string name, string method, string extras)
    {
        var facts = Read(Path.Combine(InspectionFiles.Golden, "adapters", name));
        (facts.Method, string.Join(", ", facts.Extras)).ShouldBe((method, extras));
    }

    [Fact]
    public void PatternsOfRanks_AreARange()
    {
        var facts = Read(Path.Combine(InspectionFiles.Golden, "adapters", "patterns"));
        facts.LowestRank.ShouldBeLessThan(facts.HighestRank);
        facts.RankText.ShouldBe($"{facts.LowestRank} to {facts.HighestRank}");
    }

    [Fact]
    public void StartThatChangesTheBase_IsPartOfTheMethod() =>
        AdapterFacts.Of(InspectionFiles.Adapter() with { Config = new PeftConfig { InitLoraWeights = "pissa_niter_4" } }).Method.ShouldBe("LoRA (PiSSA)");

    [Fact]
    public void EveryGoldenAdapter_HasFacts()
    {
        foreach (var config in Directory.EnumerateFiles(Path.Combine(RepositoryTree.Root, "tests"), PeftConfig.FileName, SearchOption.AllDirectories).Where(path => path.Contains("/Golden/", StringComparison.Ordinal)))
        {
            var facts = Read(Path.GetDirectoryName(config)!);
            facts.Parameters.ShouldBeGreaterThan(0, config);
            facts.Dtypes.ShouldNotBeEmpty(config);
        }
    }

    private static AdapterFacts Read(string folder) =>
        AdapterFacts.Of(AdapterOutline.Read(Path.Combine(folder, PeftConfig.FileName), Path.Combine(folder, PeftAdapterFolder.TensorFileName)));
}
