using System.Collections.Concurrent;
using System.Text.Json;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;

namespace AdapterHub.Web.Inference;

/// <summary>Reads from a base model's own files how it takes conversations and how many layers it has. Files are known by digest and read once.</summary>
public sealed class ModelFactsReader(RevisionReader revisions, BlobStore blobs)
{
    private const int MostConfigBytes = 1 << 20;
    private const int MostTokenizerBytes = 64 << 20;
    private readonly ConcurrentDictionary<string, ModelFacts> _known = new(StringComparer.Ordinal);

    /// <summary>Null where the model is not there for the actor or has no config.</summary>
    public async Task<ModelFacts?> FindAsync(Actor actor, string repository, CancellationToken cancel)
    {
        if (!RepositoryName.TryParse(repository, out var name))
            return null;
        RevisionView? revision;
        try
        {
            revision = await revisions.FindRevisionAsync(actor, name, null, cancel);
        }
        catch (CatalogException)
        {
            return null; // hidden, or gone; lanes say so when they are asked
        }

        if (revision?.Find("config.json") is not { } config)
            return null;
        var key = string.Join(' ', new[] { config, revision.Find("tokenizer_config.json"), revision.Find("tokenizer.json"), revision.Find("chat_template.jinja") }.Select(file => file?.Digest));
        return _known.TryGetValue(key, out var known) ? known : _known[key] = await ReadAsync(revision, cancel);
    }

    private async Task<ModelFacts> ReadAsync(RevisionView revision, CancellationToken cancel)
    {
        using var config = await ReadJsonAsync(revision, "config.json", cancel);
        using var settings = await ReadJsonAsync(revision, "tokenizer_config.json", cancel);
        var hasTemplate = revision.Find("chat_template.jinja") is not null
            || settings is { RootElement: { ValueKind: JsonValueKind.Object } root } && root.TryGetProperty("chat_template", out var template) && template.ValueKind is not JsonValueKind.Null;
        var form = hasTemplate ? ConversationForm.Template : await HasChatMlAsync(revision, cancel) ? ConversationForm.ChatMl : ConversationForm.Paragraphs;
        return new ModelFacts(form, Number(config, "num_hidden_layers"), Number(config, "max_position_embeddings"));
    }

    private static int? Number(JsonDocument? config, string name) =>
        config is { RootElement: { ValueKind: JsonValueKind.Object } root } && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0 ? number : null;

    private async Task<bool> HasChatMlAsync(RevisionView revision, CancellationToken cancel) =>
        await ReadBytesAsync(revision, "tokenizer.json", MostTokenizerBytes, cancel) is { } bytes && bytes.AsSpan().IndexOf("\"<|im_start|>\""u8) >= 0;

    private async Task<JsonDocument?> ReadJsonAsync(RevisionView revision, string path, CancellationToken cancel)
    {
        try
        {
            return await ReadBytesAsync(revision, path, MostConfigBytes, cancel) is { } bytes ? JsonDocument.Parse(bytes) : null;
        }
        catch (JsonException)
        {
            return null; // the engine says what is wrong with it
        }
    }

    private async Task<byte[]?> ReadBytesAsync(RevisionView revision, string path, int most, CancellationToken cancel) =>
        revision.Find(path) is { } file && file.Length <= most ? await File.ReadAllBytesAsync(blobs.PathOf(file.Digest), cancel) : null;
}
