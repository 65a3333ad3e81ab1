using System.Diagnostics;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Tests.Formats;

/// <summary>Expectations are those of peft/tuners/tuners_utils.py and utils/other.py, case by case.</summary>
public sealed class TargetModuleMatcherTests
{
    [Theory]
    [InlineData("q_proj", "model.layers.0.self_attn.q_proj", true)]
    [InlineData("q_proj", "q_proj", true)]
    [InlineData("q_proj", "model.layers.0.self_attn.xq_proj", false)]
    [InlineData("q_proj", "model.q_proj.inner", false)]
    [InlineData("self_attn.q_proj", "model.layers.0.self_attn.q_proj", true)]
    [InlineData("attn.q_proj", "model.layers.0.self_attn.q_proj", false)]
    [InlineData("q.proj", "model.qxproj", false)]
    public void Names_MatchWholeEndingsAfterADot(string target, string path, bool expected) =>
        Matches(new PeftConfig { TargetModules = ModuleSelection.FromNames(target) }, path).ShouldBe(expected);

    [Theory]
    [InlineData(".*q_proj", "model.q_proj", true)]
    [InlineData("q_proj", "model.q_proj", false)]
    [InlineData("model\\.q|x", "model.q.more", false)]
    [InlineData("model\\.q|model\\.q\\.more", "model.q.more", true)]
    [InlineData("(?P<name>model)\\.q\\Z", "model.q", true)]
    [InlineData("(?:.*?(?:language).*?(?:attn|mlp).*?(?:q_proj|up_proj))|(?:\\bmodel\\.layers\\.[\\d]{1,}\\.(?:self_attn|mlp)\\.(?:(?:q_proj|up_proj)))", "model.layers.12.mlp.up_proj", true)]
    [InlineData("(?i)MODEL\\.Q", "model.q", true)]
    public void Pattern_MustMatchTheWholePath(string pattern, string path, bool expected) =>
        Matches(new PeftConfig { TargetModules = ModuleSelection.FromPattern(pattern) }, path).ShouldBe(expected);

    [Fact]
    public void AllLinear_LeavesOutTheHeadAndWhatIsNotLinear()
    {
        var matcher = new TargetModuleMatcher(new PeftConfig { TargetModules = ModuleSelection.FromPattern("ALL-linear"), ExcludeModules = ModuleSelection.FromNames("o_proj") });
        matcher.IsDecidedByPath.ShouldBeFalse();
        matcher.Select([new("a.q_proj"), new("a.o_proj"), new("a.embed_tokens", IsLinear: false), new("lm_head", IsOutputHead: true), new("a.up_proj")])
            .Select(module => module.Path).ShouldBe(["a.q_proj", "a.up_proj"]);
    }

    [Fact]
    public void NoTargets_UseTheTableOfTheArchitecture()
    {
        var config = new PeftConfig();
        new TargetModuleMatcher(config, "llama").Matches(new("model.layers.0.self_attn.v_proj")).ShouldBeTrue();
        new TargetModuleMatcher(config, "llama").Matches(new("model.layers.0.self_attn.k_proj")).ShouldBeFalse();
        new TargetModuleMatcher(config, "gpt2").Matches(new("h.0.attn.c_attn")).ShouldBeTrue();
        new TargetModuleMatcher(config, "never-heard-of").Matches(new("q_proj")).ShouldBeFalse();
        new TargetModuleMatcher(config).IsDecidedByPath.ShouldBeFalse();
    }

    [Theory]
    [InlineData("model.layers.1.self_attn.q_proj", true)]
    [InlineData("model.layers.2.self_attn.q_proj", false)]
    [InlineData("model.layers.11.self_attn.q_proj", false)]
    [InlineData("model.layers.1.experts.5.q_proj", true)]
    [InlineData("model.layers.5.experts.1.q_proj", false)]
    [InlineData("q_proj", true)]
    [InlineData("model.q_proj", false)]
    public void LayersToTransform_TakesTheFirstIndex(string path, bool expected) =>
        Matches(new PeftConfig { TargetModules = ModuleSelection.FromNames("q_proj"), LayersToTransform = [1] }, path).ShouldBe(expected);

    [Theory]
    [InlineData("model.blocks.3.q_proj", true)]
    [InlineData("model.h.3.q_proj", true)]
    [InlineData("model.layers.3.q_proj", false)]
    public void LayersPattern_NamesTheList(string path, bool expected) =>
        Matches(new PeftConfig { TargetModules = ModuleSelection.FromNames("q_proj"), LayersToTransform = [3], LayersPattern = ["h", "blocks"] }, path).ShouldBe(expected);

    [Fact]
    public void ExcludedAndSavedModules_AreNotTargeted()
    {
        var config = new PeftConfig { TargetModules = ModuleSelection.FromNames("q_proj", "dense"), ModulesToSave = ["classifier"] };
        Matches(config, "classifier.dense").ShouldBeFalse();
        Matches(config, "a.classifier.dense").ShouldBeFalse();
        Matches(config, "myclassifier.dense").ShouldBeTrue();
        new TargetModuleMatcher(config).IsSaved("myclassifier.dense.weight").ShouldBeTrue("modules_to_save takes endings of names, unlike the rule above");
        new TargetModuleMatcher(config).IsSaved("classifier2.dense.weight").ShouldBeFalse();
        Matches(config with { ExcludeModules = ModuleSelection.FromNames("1.q_proj") }, "layers.1.q_proj").ShouldBeFalse();
        Matches(config with { ExcludeModules = ModuleSelection.FromNames("1.q_proj") }, "layers.11.q_proj").ShouldBeTrue();
        Matches(config with { ExcludeModules = ModuleSelection.FromPattern("layers\\.1.*") }, "layers.11.q_proj").ShouldBeFalse();
    }

    [Theory]
    [InlineData("model.layers.0.q_proj", 2, 3.0)]
    [InlineData("model.layers.1.q_proj", 4, 16.0)]
    [InlineData("model.layers.1.xq_proj", 1, 16.0)]
    [InlineData("q_proj", 4, 16.0)]
    [InlineData("model.layers.0.q_proj.more", 8, 3.0)]
    public void Patterns_FirstMatchWins(string path, int rank, double alpha)
    {
        var matcher = new TargetModuleMatcher(new PeftConfig
        {
            Rank = 8,
            LoraAlpha = 16,
            RankPattern = [KeyValuePair.Create("layers.0.q_proj", 2), KeyValuePair.Create("q_proj", 4), KeyValuePair.Create("model.*q_proj", 1)],
            AlphaPattern = [KeyValuePair.Create("^model\\.layers\\.0\\..*", 3.0)],
        });
        (matcher.GetRank(path), matcher.GetAlpha(path)).ShouldBe((rank, alpha));
    }

    [Fact]
    public void ExpressionsMadeToHang_DoNot()
    {
        var config = new PeftConfig { TargetModules = ModuleSelection.FromPattern("(a+)+(a|aa)*(.*a){12}b") };
        var start = Stopwatch.GetTimestamp();
        Matches(config, new string('a', 5_000)).ShouldBeFalse();
        // A backtracking engine needs longer than the universe has; a loaded machine needs well under a second.
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    private static bool Matches(PeftConfig config, string path) => new TargetModuleMatcher(config).Matches(new ModuleCandidate(path));
}
