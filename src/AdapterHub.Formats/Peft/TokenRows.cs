using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdapterHub.Formats.Peft;

/// <summary>PEFT's <c>trainable_token_indices</c>: a list for the input embedding, or a list for each named table.</summary>
public static class TokenRows
{
    /// <summary>The rows of a table that an adapter replaces; empty when it names none.</summary>
    public static long[] Find(PeftConfig config, string table)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(table);
        return config.TrainableTokenIndices switch
        {
            JsonArray rows => Read(rows),
            JsonObject tables => tables.Where(entry => table == entry.Key || table.EndsWith("." + entry.Key, StringComparison.Ordinal))
                .Select(entry => entry.Value is JsonArray rows ? Read(rows) : []).FirstOrDefault([]),
            _ => [],
        };
    }

    /// <summary>The schema lets a table hold anything; what is no row number is no row.</summary>
    private static long[] Read(JsonArray rows) =>
        [.. rows.OfType<JsonValue>().Where(row => row.GetValueKind() == JsonValueKind.Number).Select(row => row.TryGetValue<long>(out var index) ? index : -1)];
}
