using AdapterHub.Catalog.Database;

namespace AdapterHub.Web.Api.Hub;

/// <summary>The files whose download counts as a use of the repository.</summary>
internal static class WeightFiles
{
    private static readonly string[] OfModels = [".safetensors", ".gguf"];
    private static readonly string[] OfDatasets = [".jsonl", ".json", ".csv", ".tsv", ".parquet", ".txt", ".arrow"];

    public static bool Are(RepositoryKind kind, string path) =>
        (kind == RepositoryKind.Dataset ? OfDatasets : OfModels).Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
