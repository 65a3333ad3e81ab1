using System.Text.Json;

namespace AdapterHub.Web.Components.Runs;

/// <summary>The settings of a spec as names and values, for tables.</summary>
internal static class RunSettingRows
{
    /// <summary>What says nothing about the learning: folders, and what the page shows already.</summary>
    private static readonly string[] Left = ["name", "output", "overwrite", "resume", "kind"];

    /// <summary>By JSON path, such as <c>lora.rank</c>; what is null or an empty list is left out.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(string specJson)
    {
        using var document = JsonDocument.Parse(specJson);
        return [.. Flatten("", document.RootElement).Where(row => !Left.Contains(row.Name))];
    }

    private static IEnumerable<(string Name, string Value)> Flatten(string path, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var row in element.EnumerateObject().SelectMany(member => Flatten(path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value)))
                yield return row;
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            if (element.GetArrayLength() > 0)
                yield return (path, string.Join("\n", element.EnumerateArray().Select(item => item.ToString())));
        }
        else if (element.ValueKind != JsonValueKind.Null)
        {
            yield return (path, element.ToString());
        }
    }
}
