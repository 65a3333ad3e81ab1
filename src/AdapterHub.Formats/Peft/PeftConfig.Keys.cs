using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace AdapterHub.Formats.Peft;

/// <summary>The keys, in the order of PEFT's own dataclasses, each named as here with its name in the file beside it.</summary>
public sealed partial record PeftConfig
{
    /// <summary><c>task_type</c>: CAUSAL_LM, SEQ_CLS, SEQ_2_SEQ_LM, TOKEN_CLS, QUESTION_ANS, FEATURE_EXTRACTION or null.</summary>
    public string? TaskType { get => _values.GetText("task_type"); init => _values.SetText("task_type", value); }

    /// <summary><c>peft_type</c>: LORA for everything that is read as an adapter here.</summary>
    public string PeftType { get => _values.GetText("peft_type") ?? "LORA"; init => _values.SetText("peft_type", value); }

    /// <summary><c>auto_mapping</c></summary>
    public JsonObject? AutoMapping { get => _values.FindNode<JsonObject>("auto_mapping"); init => _values.SetNode("auto_mapping", value); }

    /// <summary><c>peft_version</c></summary>
    public string? PeftVersion { get => _values.GetText("peft_version"); init => _values.SetText("peft_version", value); }

    /// <summary><c>base_model_name_or_path</c></summary>
    public string? BaseModelNameOrPath { get => _values.GetText("base_model_name_or_path"); init => _values.SetText("base_model_name_or_path", value); }

    /// <summary><c>revision</c> of the base model.</summary>
    public string? Revision { get => _values.GetText("revision"); init => _values.SetText("revision", value); }

    /// <summary><c>inference_mode</c>: true in saved adapters.</summary>
    public bool InferenceMode { get => _values.GetSwitch("inference_mode"); init => _values.SetSwitch("inference_mode", value); }

    /// <summary><c>r</c>, where <see cref="RankPattern"/> says nothing else; at least 1.</summary>
    public int Rank { get => _values.GetWhole("r", 8); init => _values.SetWhole("r", RequireRank(value), 8); }

    /// <summary><c>target_modules</c>; null means the table of the architecture.</summary>
    public ModuleSelection? TargetModules { get => _values.FindSelection("target_modules"); init => _values.SetSelection("target_modules", value); }

    /// <summary><c>exclude_modules</c></summary>
    public ModuleSelection? ExcludeModules { get => _values.FindSelection("exclude_modules"); init => _values.SetSelection("exclude_modules", value); }

    /// <summary><c>lora_alpha</c>, where <see cref="AlphaPattern"/> says nothing else.</summary>
    public double LoraAlpha { get => _values.GetNumber("lora_alpha", 8); init => _values.SetNumber("lora_alpha", value, 8, wholeAsInteger: true); }

    /// <summary><c>lora_dropout</c>, a probability.</summary>
    public double LoraDropout { get => _values.GetNumber("lora_dropout", 0); init => _values.SetNumber("lora_dropout", value, 0, wholeAsInteger: false); }

    /// <summary><c>fan_in_fan_out</c>: layers store (in, out), as GPT-2's Conv1D.</summary>
    public bool FanInFanOut { get => _values.GetSwitch("fan_in_fan_out"); init => _values.SetSwitch("fan_in_fan_out", value); }

    /// <summary><c>bias</c></summary>
    public PeftBias Bias
    {
        get => _values.GetText("bias") switch { "all" => PeftBias.All, "lora_only" => PeftBias.LoraOnly, _ => PeftBias.None };
        init => _values.SetText("bias", value switch { PeftBias.All => "all", PeftBias.LoraOnly => "lora_only", _ => "none" }, "none");
    }

    /// <summary><c>use_rslora</c></summary>
    public bool UseRslora { get => _values.GetSwitch("use_rslora"); init => _values.SetSwitch("use_rslora", value); }

    /// <summary><c>modules_to_save</c>; empty for null.</summary>
    public ImmutableArray<string> ModulesToSave { get => _values.GetTexts("modules_to_save"); init => _values.SetTexts("modules_to_save", value); }

    /// <summary><c>init_lora_weights</c>: "true", "false" or the name of a method such as "gaussian" or "pissa".</summary>
    public string InitLoraWeights
    {
        get => _values.Json["init_lora_weights"]?.ToString() ?? "true";
        init => _values.SetNode("init_lora_weights", value switch { "true" => true, "false" => false, _ => value });
    }

    /// <summary><c>layers_to_transform</c>: one index or several; null for all.</summary>
    public ImmutableArray<int>? LayersToTransform { get => _values.FindWholes("layers_to_transform"); init => _values.SetWholes("layers_to_transform", value); }

    /// <summary><c>layers_pattern</c>: one or several; empty for any.</summary>
    public ImmutableArray<string> LayersPattern
    {
        get => [.. _values.GetTexts("layers_pattern").Where(pattern => pattern.Length > 0)];
        init => _values.SetTexts("layers_pattern", value);
    }

    /// <summary><c>rank_pattern</c>: regular expressions over module paths, in order; the first that matches wins.</summary>
    public ImmutableArray<KeyValuePair<string, int>> RankPattern
    {
        get => [.. _values.GetNumbersByName("rank_pattern").Select(entry => KeyValuePair.Create(entry.Key, (int)entry.Value))];
        init => _values.SetNumbersByName("rank_pattern", [.. value.Select(entry => KeyValuePair.Create(entry.Key, (double)RequireRank(entry.Value)))]);
    }

    /// <summary><c>alpha_pattern</c>: as <see cref="RankPattern"/>.</summary>
    public ImmutableArray<KeyValuePair<string, double>> AlphaPattern
    {
        get => _values.GetNumbersByName("alpha_pattern");
        init => _values.SetNumbersByName("alpha_pattern", value);
    }

    /// <summary><c>megatron_config</c></summary>
    public JsonObject? MegatronConfig { get => _values.FindNode<JsonObject>("megatron_config"); init => _values.SetNode("megatron_config", value); }

    /// <summary><c>megatron_core</c></summary>
    public string? MegatronCore { get => _values.GetText("megatron_core"); init => _values.SetText("megatron_core", value, "megatron.core"); }

    /// <summary><c>trainable_token_indices</c>: a list of token ids, or an object of lists by embedding.</summary>
    public JsonNode? TrainableTokenIndices { get => _values.FindNode<JsonNode>("trainable_token_indices"); init => _values.SetNode("trainable_token_indices", value); }

    /// <summary><c>loftq_config</c></summary>
    public JsonObject? LoftqConfig { get => _values.FindNode<JsonObject>("loftq_config"); init => _values.SetNode("loftq_config", value); }

    /// <summary><c>eva_config</c></summary>
    public JsonObject? EvaConfig { get => _values.FindNode<JsonObject>("eva_config"); init => _values.SetNode("eva_config", value); }

    /// <summary><c>corda_config</c></summary>
    public JsonObject? CordaConfig { get => _values.FindNode<JsonObject>("corda_config"); init => _values.SetNode("corda_config", value); }

    /// <summary><c>lora_ga_config</c></summary>
    public JsonObject? LoraGaConfig { get => _values.FindNode<JsonObject>("lora_ga_config"); init => _values.SetNode("lora_ga_config", value); }

    /// <summary><c>use_dora</c></summary>
    public bool UseDora { get => _values.GetSwitch("use_dora"); init => _values.SetSwitch("use_dora", value); }

    /// <summary><c>velora_config</c></summary>
    public JsonObject? VeloraConfig { get => _values.FindNode<JsonObject>("velora_config"); init => _values.SetNode("velora_config", value); }

    /// <summary><c>monteclora_config</c></summary>
    public JsonObject? MonteCloraConfig { get => _values.FindNode<JsonObject>("monteclora_config"); init => _values.SetNode("monteclora_config", value); }

    /// <summary><c>kasa_config</c></summary>
    public JsonObject? KasaConfig { get => _values.FindNode<JsonObject>("kasa_config"); init => _values.SetNode("kasa_config", value); }

    /// <summary><c>arrow_config</c></summary>
    public JsonObject? ArrowConfig { get => _values.FindNode<JsonObject>("arrow_config"); init => _values.SetNode("arrow_config", value); }

    /// <summary><c>use_bdlora</c>: despite its name an object.</summary>
    public JsonNode? UseBdlora { get => _values.FindNode<JsonNode>("use_bdlora"); init => _values.SetNode("use_bdlora", value); }

    /// <summary><c>alora_invocation_tokens</c>: the adapter acts only after these tokens; null for always.</summary>
    public ImmutableArray<int>? AloraInvocationTokens { get => _values.FindWholes("alora_invocation_tokens"); init => _values.SetWholes("alora_invocation_tokens", value); }

    /// <summary><c>use_qalora</c></summary>
    public bool UseQalora { get => _values.GetSwitch("use_qalora"); init => _values.SetSwitch("use_qalora", value); }

    /// <summary><c>qalora_group_size</c></summary>
    public int QaloraGroupSize { get => _values.GetWhole("qalora_group_size", 16); init => _values.SetWhole("qalora_group_size", value, 16); }

    /// <summary><c>layer_replication</c>: pairs of layer ranges that build a deeper base model.</summary>
    public JsonArray? LayerReplication { get => _values.FindNode<JsonArray>("layer_replication"); init => _values.SetNode("layer_replication", value); }

    /// <summary><c>lora_bias</c>: B has a bias.</summary>
    public bool LoraBias { get => _values.GetSwitch("lora_bias"); init => _values.SetSwitch("lora_bias", value); }

    /// <summary><c>target_parameters</c>: parameters, not modules, with factors of their own.</summary>
    public ImmutableArray<string> TargetParameters { get => _values.GetTexts("target_parameters"); init => _values.SetTexts("target_parameters", value); }

    /// <summary><c>ensure_weight_tying</c></summary>
    public bool EnsureWeightTying { get => _values.GetSwitch("ensure_weight_tying"); init => _values.SetSwitch("ensure_weight_tying", value); }

    private static int RequireRank(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rank);
        return rank;
    }
}
