using System.Text.Json.Serialization;
using AdapterHub.Catalog.Storage;
using AdapterHub.Formats;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Inspection.Anatomy;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Catalog.Publishing;

/// <summary>The two files that an adapter is.</summary>
internal sealed record AdapterParts(string ConfigDigest, string WeightsDigest)
{
    public const string ConfigPath = PeftConfig.FileName;
    public const string WeightsPath = PeftAdapterFolder.TensorFileName;

    /// <summary>Of both files; the weights last, so that what is kept of them can be found by their digest.</summary>
    public string Key => $"{ConfigDigest[..16]}:{WeightsDigest}";

    public string AnatomyKey => $"anatomy:1:{Key}";

    public static AdapterParts? Find(IEnumerable<TreeFile> files)
    {
        string? config = null, weights = null;
        foreach (var file in files)
            (config, weights) = (file.Path == ConfigPath ? file.Digest : config, file.Path == WeightsPath ? file.Digest : weights);
        return config is null || weights is null ? null : new AdapterParts(config, weights);
    }

    /// <summary>The anatomy as JSON, <c>null</c> where the files are no adapter.</summary>
    public string Measure(BlobStore store)
    {
        try
        {
            return AdapterAnatomy.Read(store.PathOf(ConfigDigest), store.PathOf(WeightsDigest), null, SafetensorsLimits.Upload).ToJson();
        }
        catch (AdapterFormatException)
        {
            return "null";
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SafetensorsListing))]
internal sealed partial class InspectionsJson : JsonSerializerContext;
