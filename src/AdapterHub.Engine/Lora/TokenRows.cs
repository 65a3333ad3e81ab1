using System.Text.Json.Nodes;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Engine.Lora;

/// <summary>PEFT's <c>trainable_token_indices</c>: a list for the input embedding, or a list for each named table.</summary>
internal static class TokenRows
{
    internal static long[] Find(PeftConfig config, string table) => config.TrainableTokenIndices switch
    {
        JsonArray rows => Read(rows),
        JsonObject tables => tables.Where(entry => table == entry.Key || table.EndsWith("." + entry.Key, StringComparison.Ordinal))
            .Select(entry => entry.Value is JsonArray rows ? Read(rows) : []).FirstOrDefault([]),
        _ => [],
    };

    private static long[] Read(JsonArray rows) => [.. rows.Select(row => row!.GetValue<long>())];
}
