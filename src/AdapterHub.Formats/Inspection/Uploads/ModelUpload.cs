using System.Text.Json;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>The files of a base model together: config, weights with all their shards, tokenizer.</summary>
internal sealed class ModelUpload(IReadOnlyList<UploadFile> files, UploadOptions options, UploadFindings findings)
{
    private const string ConfigName = "config.json";
    private const string TokenizerName = "tokenizer.json";
    private const long LongestJson = 64 << 20;

    public BaseTensorMap? Map { get; private set; }

    public void Check()
    {
        var config = Find(ConfigName);
        if (config is null)
            RefuseMissing(ConfigName, "It says what architecture the weights are of; save_pretrained writes it.");
        var isConfigGood = config is null || CheckConfig(config);
        if (Find(TokenizerName) is { } tokenizer)
            ReadObject(tokenizer)?.Dispose();
        else
            RefuseMissing(TokenizerName, "Save the tokenizer beside the model: AutoTokenizer.from_pretrained(...).save_pretrained(...).");
        CheckWeights(isConfigGood ? config?.LocalPath : null);
    }

    private UploadFile? Find(string path) => files.FirstOrDefault(file => file.Path == path);

    private void RefuseMissing(string name, string advice)
    {
        if (files.FirstOrDefault(file => file.Path.EndsWith("/" + name, StringComparison.Ordinal)) is { } deeper)
            findings.Refuse(null, $"{name} is not at the top of the upload", "Upload the contents of that folder instead of the folders around it.", found: deeper.Path);
        else
            findings.Refuse(null, $"{name} is missing", advice);
    }

    private bool CheckConfig(UploadFile file)
    {
        using var document = ReadObject(file);
        if (document is null)
            return false;
        if (!document.RootElement.TryGetProperty("model_type", out var type) || type.ValueKind != JsonValueKind.String)
            findings.Warn(file.Path, "the config does not say what kind of model this is", "transformers writes model_type; without it no program knows how to run the weights.", "model_type");
        if (document.RootElement.TryGetProperty("auto_map", out _))
            findings.Warn(file.Path, "the model wants to run code of its own (trust_remote_code); nothing here does", "Use a model whose architecture transformers has.", "auto_map");
        return true;
    }

    private JsonDocument? ReadObject(UploadFile file)
    {
        const string advice = "Upload the file as transformers wrote it.";
        try
        {
            if (new FileInfo(file.LocalPath).Length > LongestJson)
            {
                findings.Refuse(file.Path, "the file is too long to be what its name says", advice, expected: $"at most {LongestJson} bytes");
                return null;
            }

            var document = JsonDocument.Parse(File.ReadAllBytes(file.LocalPath), new JsonDocumentOptions { MaxDepth = 64 });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            findings.Refuse(file.Path, "the file is no JSON object", advice);
            document.Dispose();
        }
        catch (JsonException exception)
        {
            findings.Refuse(file.Path, "the file is not valid JSON", advice, found: exception.Message);
        }
        catch (FileNotFoundException)
        {
            // Said already, file by file.
        }

        return null;
    }

    private void CheckWeights(string? configPath)
    {
        var single = Find(SafetensorsCheckpoint.SingleFileName);
        var index = Find(SafetensorsIndex.FileName);
        if (single is null && index is null)
        {
            RefuseNoWeights();
            return;
        }

        try
        {
            using var checkpoint = single is not null
                ? SafetensorsCheckpoint.Open(single.LocalPath, options.Limits)
                : SafetensorsCheckpoint.OpenShards(index!.LocalPath, name => Find(name)?.LocalPath, options.Limits);
            Map = BaseTensorMap.Of(checkpoint, configPath);
            WarnOfStrays(single, checkpoint);
        }
        catch (AdapterFormatException exception) when (single is null)
        {
            findings.Refuse(index!.Path, exception, "Upload the index and every shard that it names, as save_pretrained wrote them.");
        }
        catch (Exception exception) when (exception is AdapterFormatException or FileNotFoundException)
        {
            // Said already, file by file.
        }
    }

    private void RefuseNoWeights()
    {
        var shards = files.Where(file => file.Path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)).Select(file => file.Path).ToList();
        var advice = shards.Count > 0 ? $"Name a single file {SafetensorsCheckpoint.SingleFileName}; for several, upload their index {SafetensorsIndex.FileName} too."
            : files.Any(file => PickleFiles.HasPickleName(file.Path)) ? "Pickles are refused: load the model where you trust it and save it again with save_pretrained(..., safe_serialization=True)."
            : files.Any(file => file.Path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)) ? "A GGUF file alone is no base to train on: upload the safetensors that it was made from."
            : "Upload the weights as safetensors (model.save_pretrained).";
        findings.Refuse(
            null, "the weights are missing", advice, expected: $"{SafetensorsCheckpoint.SingleFileName}, or {SafetensorsIndex.FileName} with its shards",
            found: shards.Count > 0 ? string.Join(", ", shards.Take(5)) : null);
    }

    private void WarnOfStrays(UploadFile? single, SafetensorsCheckpoint checkpoint)
    {
        var used = checkpoint.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var file in files.Where(file => !file.Path.Contains('/', StringComparison.Ordinal)
            && file.Path.EndsWith(".safetensors", StringComparison.Ordinal) && !used.Contains(file.LocalPath)))
            findings.Warn(file.Path, single is null ? "the index does not name this file" : $"with {SafetensorsCheckpoint.SingleFileName} beside it nothing loads this file", "Leave it out, or upload the index that names it.");
    }
}
