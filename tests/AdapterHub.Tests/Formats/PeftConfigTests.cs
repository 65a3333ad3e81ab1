using AdapterHub.Formats;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Tests.Formats;

public sealed class PeftConfigTests
{
    /// <summary>The keys, defaults and style of peft 0.20's LoraConfig(...).save_pretrained, with a key of a version to come.</summary>
    public const string Saved = """
        {
          "alora_invocation_tokens": null,
          "alpha_pattern": {
            "k_proj": 32.5
          },
          "arrow_config": null,
          "auto_mapping": null,
          "base_model_name_or_path": "mod\u00e8le",
          "bias": "none",
          "corda_config": null,
          "ensure_weight_tying": false,
          "eva_config": null,
          "exclude_modules": null,
          "fan_in_fan_out": false,
          "inference_mode": true,
          "init_lora_weights": true,
          "kasa_config": null,
          "layer_replication": null,
          "layers_pattern": null,
          "layers_to_transform": null,
          "loftq_config": {},
          "lora_alpha": 16,
          "lora_bias": false,
          "lora_dropout": 0.0,
          "lora_ga_config": null,
          "megatron_config": null,
          "megatron_core": "megatron.core",
          "modules_to_save": null,
          "peft_type": "LORA",
          "peft_version": "0.20.0",
          "qalora_group_size": 16,
          "r": 4,
          "rank_pattern": {
            "k_proj": 2
          },
          "revision": null,
          "target_modules": [
            "v_proj",
            "k_proj"
          ],
          "target_parameters": null,
          "task_type": "CAUSAL_LM",
          "tomorrow": {
            "x": 1e-05
          },
          "trainable_token_indices": null,
          "use_bdlora": null,
          "use_dora": false,
          "use_qalora": false,
          "use_rslora": false
        }
        """;

    private const string Replacements = "{}[]\",:0123456789 e.-\\u(*+?";

    [Fact]
    public void SavedConfig_IsReadAndKept()
    {
        var config = PeftConfig.Parse(Saved);

        config.Rank.ShouldBe(4);
        config.LoraAlpha.ShouldBe(16);
        config.BaseModelNameOrPath.ShouldBe("modèle");
        config.TargetModules.ShouldBe(ModuleSelection.FromNames("v_proj", "k_proj"));
        config.RankPattern.ShouldBe([KeyValuePair.Create("k_proj", 2)]);
        config.AlphaPattern.ShouldBe([KeyValuePair.Create("k_proj", 32.5)]);
        config.InitLoraWeights.ShouldBe("true");
        config.TaskType.ShouldBe("CAUSAL_LM");
        config.UnknownKeys.ShouldBe(["tomorrow"]);
        config.ToJson().ShouldBe(Saved);
    }

    [Fact]
    public void ChangedConfig_DiffersOnlyWhereItWasChanged()
    {
        var changed = PeftConfig.Parse(Saved) with { LoraAlpha = 8, LoraDropout = 1e-5, UseRslora = true, Revision = "main", KasaConfig = null };
        changed.ToJson().ShouldBe(Saved
            .Replace("\"lora_alpha\": 16", "\"lora_alpha\": 8", StringComparison.Ordinal)
            .Replace("\"lora_dropout\": 0.0", "\"lora_dropout\": 1e-05", StringComparison.Ordinal)
            .Replace("\"use_rslora\": false", "\"use_rslora\": true", StringComparison.Ordinal)
            .Replace("\"revision\": null", "\"revision\": \"main\"", StringComparison.Ordinal));
        (changed with { LoraAlpha = 16, LoraDropout = 0, UseRslora = false, Revision = null }).ToJson().ShouldBe(Saved);
    }

    [Fact]
    public void UntouchedConfigInAnotherStyle_KeepsItsBytes()
    {
        const string Compact = "{\"target_modules\":[\"é\"],\"peft_type\":\"LORA\",\"lora_alpha\":16.0}\n";
        var config = PeftConfig.Parse(Compact);
        config.ToJson().ShouldBe(Compact);
        (config with { Rank = 3 }).ToJson().ShouldBe(
            "{\n  \"lora_alpha\": 16.0,\n  \"peft_type\": \"LORA\",\n  \"r\": 3,\n  \"target_modules\": [\n    \"\\u00e9\"\n  ]\n}");
    }

    [Fact]
    public void OrderOfPatterns_SurvivesBecauseTheFirstMatchWins()
    {
        var config = new PeftConfig
        {
            TargetModules = ModuleSelection.AllLinear,
            RankPattern = [KeyValuePair.Create("q_proj", 2), KeyValuePair.Create(".*", 4), KeyValuePair.Create("a", 1)],
        };
        PeftConfig.Parse(config.ToJson()).RankPattern.Select(entry => entry.Key).ShouldBe(["q_proj", ".*", "a"]);
        var swapped = PeftConfig.Parse(config.ToJson()) with { RankPattern = [.. config.RankPattern.Reverse()] };
        PeftConfig.Parse(swapped.ToJson()).RankPattern.Select(entry => entry.Key).ShouldBe(["a", ".*", "q_proj"]);
    }

    [Fact]
    public void NewConfig_HasTheDefaultsOfPeft()
    {
        var config = new PeftConfig { TargetModules = ModuleSelection.FromNames("q_proj"), LoraDropout = 0 };
        PeftConfig.Parse(config.ToJson()).ShouldBe(config);
        config.ToJson().ShouldContain("\"lora_dropout\": 0.0,");
        config.ToJson().ShouldContain("\"lora_alpha\": 8,");
        config.ToJson().ShouldNotContain("kasa_config");
    }

    [Fact]
    public void EveryTypedKey_SurvivesTheFile()
    {
        var config = new PeftConfig
        {
            TaskType = "SEQ_CLS", AutoMapping = new() { ["k"] = "v" }, PeftVersion = "1", BaseModelNameOrPath = "b", Revision = "r", InferenceMode = false,
            Rank = 3, TargetModules = ModuleSelection.FromNames("q"), ExcludeModules = ModuleSelection.FromPattern("x.*"), LoraAlpha = 2.5, LoraDropout = 0.1,
            FanInFanOut = true, Bias = PeftBias.LoraOnly, UseRslora = true, ModulesToSave = ["lm_head"], InitLoraWeights = "pissa_niter_4",
            LayersToTransform = [1, 2], LayersPattern = ["layers"], RankPattern = [KeyValuePair.Create("q", 7)], AlphaPattern = [KeyValuePair.Create("q", 1.5)],
            MegatronConfig = [], MegatronCore = "m", TrainableTokenIndices = new System.Text.Json.Nodes.JsonArray(1, 2), LoftqConfig = new() { ["bits"] = 4 },
            EvaConfig = [], CordaConfig = [], LoraGaConfig = [], UseDora = true, VeloraConfig = [], MonteCloraConfig = [], KasaConfig = [], ArrowConfig = [],
            UseBdlora = new System.Text.Json.Nodes.JsonObject(), AloraInvocationTokens = [5], UseQalora = true, QaloraGroupSize = 32, LayerReplication = [],
            LoraBias = true, TargetParameters = ["p"], EnsureWeightTying = true,
        };
        var read = PeftConfig.Parse(config.ToJson());
        read.ShouldBe(config);
        read.ChangesBaseWeights.ShouldBeTrue();
        foreach (var property in typeof(PeftConfig).GetProperties().Where(property => property.Name != nameof(PeftConfig.Raw)))
            Text(property.GetValue(read)).ShouldBe(Text(property.GetValue(config)), property.Name);

        static string Text(object? value) => System.Text.Json.JsonSerializer.Serialize(value);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("null", "not a JSON object")]
    [InlineData("{}", "peft_type")]
    [InlineData("""{"peft_type":"LORA","peft_type":"LORA","target_modules":[]}""", "occurs twice")]
    [InlineData("""{"peft_type":"LORA","target_modules":["\ud800"]}""", "surrogate")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"\udc00":1}""", "surrogate")]
    [InlineData("""{"peft_type":"IA3","target_modules":["a"]}""", "expected LORA, found IA3")]
    [InlineData("""{"peft_type":"LORA"}""", "target_modules: the key is missing")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"r":0}""", "r: the rank must be at least 1")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"r":"8"}""", "expected a whole number, found")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"r":8.5}""", "expected a whole number, found 8.5")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"r":99999999999}""", "expected a whole number")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"lora_alpha":1e999}""", "expected a number")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"lora_alpha":NaN}""", "not valid JSON")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a",1]}""", "expected null or a string or a list of strings")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"use_dora":1}""", "true or false")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"rank_pattern":{"a":0}}""", "must be at least 1")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"rank_pattern":{"a":1.5}}""", "an object of whole numbers")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"bias":"some"}""", "none, all or lora_only")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"lora_dropout":2}""", "a probability")]
    [InlineData("""{"peft_type":"LORA","target_modules":"a(b"}""", "not a regular expression")]
    [InlineData("""{"peft_type":"LORA","target_modules":"(?=a)b"}""", "needs backtracking")]
    [InlineData("""{"peft_type":"LORA","target_modules":["a"],"alpha_pattern":{"(a)\\1":4}}""", "needs backtracking")]
    [InlineData("""{"peft_type":"LORA","target_modules":"((a{1000}){1000}){1000}"}""", "too large")]
    [InlineData("""{"peft_type":"LORA","target_modules":"a","layers_to_transform":[1]}""", "cannot be used when target_modules is a string")]
    public void BadConfig_IsRefused(string json, string problem) =>
        Should.Throw<AdapterFormatException>(() => PeftConfig.Parse(json)).Message.ShouldContain(problem);

    [Fact]
    public void ManyFaults_AreReportedTogether() =>
        Should.Throw<AdapterFormatException>(() => PeftConfig.Parse("""{"peft_type":"X","target_modules":"(","r":-1,"lora_dropout":-1,"bias":"b"}""")).Findings.Count.ShouldBe(5);

    [Fact]
    public void RandomDamage_GivesAConfigOrAFormatException()
    {
        var random = new Random(20260821);
        var accepted = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var text = Saved.ToCharArray();
            for (var times = random.Next(1, 4); times > 0; times--)
                text[random.Next(text.Length)] = Replacements[random.Next(Replacements.Length)];
            try
            {
                var config = PeftConfig.Parse(new string(text));
                foreach (var property in typeof(PeftConfig).GetProperties())
                    _ = property.GetValue(config);
                PeftConfig.Parse((config with { Rank = 5 }).ToJson()).Rank.ShouldBe(5);
                accepted++;
            }
            catch (AdapterFormatException)
            {
                // Refused, as most damage should be.
            }
        }

        accepted.ShouldBeInRange(50, 1_950);
    }
}
