using System.Collections.Immutable;

namespace AdapterHub.Formats.Peft;

/// <summary>
/// Whether an adapter's tensors and its config tell the same story. Used after reading and before writing, so that what is written can be
/// read, by PEFT too.
/// </summary>
internal static class PeftAdapterCheck
{
    public static void Check(LoraAdapter adapter, FormatFindings findings)
    {
        var config = adapter.Config;
        var matcher = new TargetModuleMatcher(config);
        CheckVariants(config, findings);
        if (adapter.Modules.Count == 0)
            findings.Add(null, "the adapter has no LoRA tensors");
        foreach (var module in adapter.Modules)
        {
            CheckShapes(module, findings);
            CheckConfig(module, config, matcher, findings);
        }

        foreach (var path in adapter.SavedModules.Keys.Where(path => !IsAccountedFor(path, config, matcher)))
            findings.Add(path, "nothing in the config accounts for this tensor", "a LoRA parameter, or a tensor of modules_to_save, a bias, an embedding");
        if (config.ModulesToSave.Length > 0 && !adapter.SavedModules.Keys.Any(matcher.IsSaved))
            findings.Add("modules_to_save", "the file holds none of the modules it names", string.Join(", ", config.ModulesToSave));
    }

    /// <summary>Variants whose factors mean something else; applying them as plain LoRA would be silently wrong.</summary>
    private static void CheckVariants(PeftConfig config, FormatFindings findings)
    {
        var variants = new (string Key, bool Used)[]
        {
            ("use_qalora", config.UseQalora),
            ("use_bdlora", config.UseBdlora is not null),
            ("kasa_config", config.KasaConfig is not null),
            ("monteclora_config", config.MonteCloraConfig is not null),
            ("arrow_config", config.ArrowConfig is not null),
            ("target_parameters", config.TargetParameters.Length > 0),
        };
        foreach (var (key, _) in variants.Where(variant => variant.Used))
            findings.Add(key, "this variant of LoRA is not supported; its tensors do not mean what plain LoRA's mean", "LoRA, rsLoRA or DoRA");
    }

    private static void CheckShapes(LoraModule module, FormatFindings findings)
    {
        var (a, b) = (module.A.Shape, module.B.Shape);
        var dimensions = module.Kind == LoraModuleKind.Conv2d ? 4 : 2;
        foreach (var (part, tensor) in module.Tensors())
        {
            if (tensor.Dtype is not (Safetensors.SafetensorsDtype.F32 or Safetensors.SafetensorsDtype.F16
                or Safetensors.SafetensorsDtype.BF16 or Safetensors.SafetensorsDtype.F64))
                findings.Add(module.Path, $"its {part} has a type that LoRA factors do not have", "F32, F16, BF16 or F64", Safetensors.SafetensorsDtypes.FileName(tensor.Dtype));
            if (tensor.Shape.Contains(0))
                findings.Add(module.Path, $"its {part} is empty", null, Describe(tensor.Shape));
        }

        if (a.Length != dimensions || b.Length != dimensions)
            findings.Add(module.Path, $"a {module.Kind} LoRA has factors of {dimensions} dimensions", null, $"A {Describe(a)}, B {Describe(b)}");
        else if (a[0] != b[1])
            findings.Add(module.Path, "A and B have different ranks", $"A (r, in), B (out, r)", $"A {Describe(a)}, B {Describe(b)}");
        else if (dimensions == 4 && (b[2] != 1 || b[3] != 1))
            findings.Add(module.Path, "B of a convolution has a kernel of 1 x 1", "(out, r, 1, 1)", Describe(b));
        if (b.Length == 0 || a.Length < 2)
            return;

        if (module.BiasB is { } bias && (bias.Shape.Length != 1 || bias.Shape[0] != b[0]))
            findings.Add(module.Path, "the bias of B has one value an output", $"[{b[0]}]", Describe(bias.Shape));
        // An embedding's weight is (vocabulary, dim), so tools differ in which of the two m runs over.
        if (module.Magnitude is { } m && m.Count != b[0] && !(module.Kind == LoraModuleKind.Embedding && m.Count == a[1]))
            findings.Add(module.Path, "DoRA's magnitude has one value an output", $"{b[0]} values", Describe(m.Shape));
    }

    private static void CheckConfig(LoraModule module, PeftConfig config, TargetModuleMatcher matcher, FormatFindings findings)
    {
        if (module.A.Shape.Length > 0 && module.A.Shape[0] != module.Rank)
            findings.Add(module.Path, "its rank is not the one its factors have", $"r = {module.A.Shape[0]}", $"{module.Rank}");
        if (matcher.GetRank(module.Path) is var rank && rank != module.Rank)
            findings.Add(module.Path, "the config gives it another rank (r, rank_pattern)", $"r = {rank}", $"{module.Rank}");
        if (matcher.GetAlpha(module.Path) is var alpha && !alpha.Equals(module.Alpha))
            findings.Add(module.Path, "the config gives it another alpha (lora_alpha, alpha_pattern)", $"{alpha}", $"{module.Alpha}");
        if (module.UseRslora != config.UseRslora)
            findings.Add(module.Path, "use_rslora is one setting for all modules", $"{config.UseRslora}", $"{module.UseRslora}");
        if (matcher.IsDecidedByPath && !matcher.Matches(new ModuleCandidate(module.Path)))
            findings.Add(module.Path, "the config does not target this module", $"target_modules {config.TargetModules}");
        if (config.UseDora != module.Magnitude is not null)
            findings.Add(module.Path, config.UseDora ? "use_dora is on, but the module has no magnitude" : "the module has a DoRA magnitude, but use_dora is off");
        if (module.BiasB is not null && !config.LoraBias)
            findings.Add(module.Path, "B has a bias, but lora_bias is off");
        if (module.BiasB is null && config.LoraBias && module.Kind != LoraModuleKind.Embedding)
            findings.Add(module.Path, "lora_bias is on, but B has no bias");
    }

    private static bool IsAccountedFor(string path, PeftConfig config, TargetModuleMatcher matcher)
    {
        var segments = path.Split('.');
        return matcher.IsSaved(path)
            || (config.Bias != PeftBias.None && segments[^1].Contains("bias", StringComparison.Ordinal))
            || (config.TrainableTokenIndices is not null && path.EndsWith(".token_adapter.trainable_tokens_delta", StringComparison.Ordinal))
            || IsEmbedding(segments, config);
    }

    /// <summary>
    /// PEFT saves the input and output embeddings whole when they were resized or are LoRA targets ("save_embedding_layers"). Their module
    /// is called embed_tokens, lm_head, or what the config targets.
    /// </summary>
    private static bool IsEmbedding(string[] segments, PeftConfig config)
    {
        if (segments is not [.., var module, "weight" or "bias"])
            return false;
        if (module == "base_layer" && segments.Length > 2)
            module = segments[^3];
        return module is "embed_tokens" or "lm_head" or "wte" or "word_embeddings" or "embed_in" or "embed_out"
            || (config.TargetModules?.Names.Contains(module) ?? false) && segments[^2] == "base_layer";
    }

    private static string Describe(ImmutableArray<long> shape) => $"[{string.Join(", ", shape)}]";
}
