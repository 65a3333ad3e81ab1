using System.Text;
using System.Text.Json;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;

namespace AdapterHub.Web.Inference;

/// <summary>The beginning of a dataset as plain text, to be foreseen by models.</summary>
public sealed class CataloguedText(RevisionReader revisions, BlobStore blobs)
{
    private const int ReadBytes = 256 * 1024;

    /// <param name="most">Characters; the text ends at a blank before that.</param>
    /// <exception cref="CatalogException">The dataset is not there for the actor, or has no text that can be read.</exception>
    public async Task<string> ReadAsync(Actor actor, string repository, int most, CancellationToken cancel)
    {
        var revision = await revisions.GetRevisionAsync(actor, RepositoryName.Parse(repository), null, cancel);
        var file = revision.Files.Where(file => Rank(file.Path) is not null).OrderBy(file => Rank(file.Path)).FirstOrDefault()
            ?? throw new CatalogException(CatalogFault.Invalid, $"{repository} has no .txt or .jsonl file to read a text from.");
        var text = await ReadFileAsync(blobs.PathOf(file.Digest), cancel);
        if (file.Path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
            text = string.Join("\n\n", text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Row).OfType<string>());
        if (text.Length > most)
            text = text.LastIndexOfAny([' ', '\n'], most) is > 0 and var blank ? text[..blank] : text[..most];
        return string.IsNullOrWhiteSpace(text) ? throw new CatalogException(CatalogFault.Invalid, $"{repository}/{file.Path} has no text: rows need text, or prompt and completion.") : text.Trim();
    }

    /// <summary>Plain text first, and what was kept for tests before what was trained on.</summary>
    private static int? Rank(string path)
    {
        var isTest = Path.GetFileName(path).StartsWith("test", StringComparison.OrdinalIgnoreCase) ? 0 : 1;
        return Path.GetExtension(path).ToUpperInvariant() switch { ".TXT" => isTest, ".JSONL" => 2 + isTest, _ => null };
    }

    private static async Task<string> ReadFileAsync(string path, CancellationToken cancel)
    {
        await using var stream = File.OpenRead(path);
        var bytes = new byte[(int)Math.Min(ReadBytes, stream.Length)];
        await stream.ReadExactlyAsync(bytes, cancel);
        return Encoding.UTF8.GetString(bytes).TrimEnd('\uFFFD'); // a character may be cut at the end
    }

    private static string? Row(string line)
    {
        try
        {
            using var row = JsonDocument.Parse(line);
            if (row.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            return Text(row.RootElement, "text") ?? (Text(row.RootElement, "prompt") is { } prompt ? prompt + Text(row.RootElement, "completion") : null);
        }
        catch (JsonException)
        {
            return null; // the last row is cut where reading ended
        }
    }

    private static string? Text(JsonElement row, string name) => row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
