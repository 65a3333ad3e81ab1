using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>The files of an adapter together: config against tensors, tensors against the base.</summary>
internal sealed class AdapterUpload(IReadOnlyList<UploadFile> files, UploadOptions options, UploadFindings findings)
{
    private const string SaveAgain = "Save the adapter again with PEFT (model.save_pretrained) and upload both files as they are.";

    public AdapterOutline? Adapter { get; private set; }

    public AdapterCoverage? Coverage { get; private set; }

    public void Check(IReadOnlySet<string>? zeroTensors)
    {
        var config = files.FirstOrDefault(file => file.Path == PeftConfig.FileName);
        var tensors = files.FirstOrDefault(file => file.Path == PeftAdapterFolder.TensorFileName);
        if (config is null || tensors is null)
            RefuseMissing(config, tensors);
        var settings = config is null ? null : ReadConfig(config);
        if (settings is null || tensors is null || findings.IsRefused(tensors.Path) && zeroTensors is null)
            return;
        Assemble(settings, tensors);
        if (Adapter is null)
            return;
        NoteConfig(config!, settings);
        WarnIfUntrained(tensors, zeroTensors);
        CheckCoverage(tensors);
    }

    private void RefuseMissing(UploadFile? config, UploadFile? tensors)
    {
        foreach (var (name, file) in new[] { (PeftConfig.FileName, config), (PeftAdapterFolder.TensorFileName, tensors) })
        {
            if (file is not null)
                continue;
            if (files.FirstOrDefault(other => other.Path.EndsWith("/" + name, StringComparison.Ordinal)) is { } deeper)
                findings.Refuse(null, $"{name} is not at the top of the upload", "Upload the contents of that folder instead of the folders around it.", found: deeper.Path);
            else
                findings.Refuse(null, $"{name} is missing", MissingAdvice(name), expected: $"{PeftConfig.FileName} and {PeftAdapterFolder.TensorFileName}");
        }
    }

    private string MissingAdvice(string name)
    {
        if (name == PeftConfig.FileName)
            return "PEFT writes it beside the tensors (model.save_pretrained); without it rank, alpha and targets are unknown.";
        if (files.Any(file => Path.GetFileName(file.Path) == "adapter_model.bin"))
            return "Convert adapter_model.bin to safetensors where you trust it: load it with PEFT and save it again with save_pretrained(..., safe_serialization=True).";
        if (files.Any(file => file.Path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)))
            return "A GGUF adapter is made from a PEFT adapter; upload the PEFT adapter that it was made from, and the GGUF file beside it if you like.";
        return files.Any(file => file.Path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
            ? $"If one of the safetensors files is a PEFT adapter, name it {name}. A kohya or diffusers LoRA has other tensor names and needs converting first."
            : SaveAgain;
    }

    private PeftConfig? ReadConfig(UploadFile file)
    {
        try
        {
            return PeftConfig.Read(file.LocalPath);
        }
        catch (AdapterFormatException exception)
        {
            findings.Refuse(file.Path, exception, SaveAgain);
        }
        catch (FileNotFoundException)
        {
            // Said already, file by file.
        }

        return null;
    }

    private void Assemble(PeftConfig config, UploadFile tensors)
    {
        try
        {
            using var file = SafetensorsFile.Open(tensors.LocalPath, options.Limits);
            Adapter = AdapterOutline.Of(AdapterOutline.ReadHeader(config, file));
        }
        catch (AdapterFormatException exception)
        {
            var kohya = exception.Findings.Any(finding => finding.Tensor is { } name
                && (name.EndsWith(".lora_down.weight", StringComparison.Ordinal) || name.EndsWith(".lora.down.weight", StringComparison.Ordinal)));
            findings.Refuse(tensors.Path, exception, kohya
                ? "These are the names of kohya's or diffusers' LoRA. Convert it to PEFT (peft's examples have convert_sd_adapter_to_peft.py) and upload the result."
                : SaveAgain);
        }
    }

    private void NoteConfig(UploadFile file, PeftConfig config)
    {
        if (config.UnknownKeys.Count > 0)
            findings.Note(file.Path, "keys that are not known here are kept as they are", "PEFT warns about them and drops them.", found: string.Join(", ", config.UnknownKeys));
        if (config.ChangesBaseWeights)
            findings.Warn(
                file.Path, "its start changed the base's weights, so the factors fit only a base changed in the same way",
                "Save it as plain LoRA: save_pretrained(..., path_initial_model_for_weight_conversion=...).", "init_lora_weights", found: config.InitLoraWeights);
        if (config.BaseModelNameOrPath is not { Length: > 0 } name)
            findings.Note(file.Path, "it does not say which base model it is for", "Say so in the card (base_model).", "base_model_name_or_path");
        else if (name.StartsWith('/') || name.StartsWith('.') || name.StartsWith('~') || name.Contains('\\', StringComparison.Ordinal) || name is [_, ':', ..])
            findings.Warn(file.Path, "its base model is a path on somebody's machine, which means nothing to others", "Write the base's name there, or in the card (base_model).", "base_model_name_or_path", found: name);
    }

    private void WarnIfUntrained(UploadFile file, IReadOnlySet<string>? zeroTensors)
    {
        var factors = Adapter!.Modules.Where(module => module.Kind != LoraModuleKind.Embedding).ToList();
        if (factors.Count > 0 && zeroTensors is not null && Adapter.SavedModules.Count == 0
            && factors.All(module => zeroTensors.Contains(PeftTensorName.Format(module.Path, PeftTensorRole.B))))
            findings.Warn(file.Path, "every B is zero, so the adapter changes nothing", "It was probably saved before it was trained. Upload the trained one.");
    }

    private void CheckCoverage(UploadFile file)
    {
        if (options.Base is not { } declared)
        {
            findings.Note(
                file.Path, "its base model is not in this hub, so whether its modules fit was not looked at", "Upload the base model too, or choose one that is here.",
                found: Adapter!.Config.BaseModelNameOrPath);
            return;
        }

        Coverage = AdapterCoverage.Of(Adapter!, declared.Map);
        CoverageFindings.Add(findings, file.Path, Adapter!, Coverage, options);
    }
}
