using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdapterHub.Formats.Peft;

/// <summary>
/// Typed access to the JSON behind a <see cref="PeftConfig"/>. A key that is absent or null reads as its default; setting a default that is
/// absent adds nothing, so a config says no more than it did.
/// </summary>
internal sealed class PeftConfigValues(JsonObject json)
{
    public JsonObject Json { get; } = json;

    /// <summary>By the number's text, which is the same whether it was read from a file or set here as an int, a long or a double.</summary>
    public static bool TryGetWhole(JsonValue value, out int number)
    {
        number = 0;
        return value.GetValueKind() == JsonValueKind.Number
            && int.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    public static bool TryGetNumber(JsonValue value, out double number)
    {
        number = 0;
        return value.GetValueKind() == JsonValueKind.Number
            && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);
    }

    public string? GetText(string key) => Json[key]?.GetValue<string>();

    public bool GetSwitch(string key) => Json[key]?.GetValueKind() == JsonValueKind.True;

    public int GetWhole(string key, int otherwise) => Json[key] is JsonValue value && TryGetWhole(value, out var number) ? number : otherwise;

    public double GetNumber(string key, double otherwise) => Json[key] is JsonValue value && TryGetNumber(value, out var number) ? number : otherwise;

    /// <summary>A list of strings, or one string as a list of one.</summary>
    public ImmutableArray<string> GetTexts(string key) => Json[key] switch
    {
        JsonArray items => [.. items.Select(item => item!.GetValue<string>())],
        JsonValue value => [value.GetValue<string>()],
        _ => [],
    };

    /// <summary>A list of whole numbers, or one as a list of one; null when absent.</summary>
    public ImmutableArray<int>? FindWholes(string key) => Json[key] switch
    {
        JsonArray items => [.. items.Select(item => TryGetWhole((JsonValue)item!, out var number) ? number : 0)],
        JsonValue value => [TryGetWhole(value, out var number) ? number : 0],
        _ => null,
    };

    public ModuleSelection? FindSelection(string key) => Json[key] switch
    {
        JsonArray => ModuleSelection.FromNames(GetTexts(key)),
        JsonValue value => ModuleSelection.FromPattern(value.GetValue<string>()),
        _ => null,
    };

    public ImmutableArray<KeyValuePair<string, double>> GetNumbersByName(string key) => Json[key] is JsonObject members
        ? [.. members.Select(member => KeyValuePair.Create(member.Key, TryGetNumber((JsonValue)member.Value!, out var number) ? number : 0))]
        : [];

    /// <summary>A copy: nodes belong to one tree only.</summary>
    public T? FindNode<T>(string key)
        where T : JsonNode => Json[key] is T node ? (T)node.DeepClone() : null;

    public void SetText(string key, string? value, string? otherwise = null) => Set(key, value, value == otherwise);

    public void SetSwitch(string key, bool value) => Set(key, value, !value);

    public void SetWhole(string key, int value, int otherwise) => Set(key, value, value == otherwise);

    /// <summary>Python's type for the key decides how a whole value is written: <c>16</c> for an int, <c>16.0</c> for a float.</summary>
    public void SetNumber(string key, double value, double otherwise, bool wholeAsInteger) =>
        Set(key, ToNode(value, wholeAsInteger), value.Equals(otherwise));

    public void SetTexts(string key, ImmutableArray<string> values) =>
        Set(key, values.IsDefaultOrEmpty ? null : new JsonArray([.. values.Select(value => (JsonNode)value)]), values.IsDefaultOrEmpty);

    public void SetWholes(string key, ImmutableArray<int>? values) =>
        Set(key, values is { } list ? new JsonArray([.. list.Select(value => (JsonNode)value)]) : null, values is null);

    public void SetSelection(string key, ModuleSelection? value) => Set(
        key,
        value is null ? null : value.Pattern is { } pattern ? pattern : new JsonArray([.. value.Names.Select(name => (JsonNode)name)]),
        value is null);

    public void SetNumbersByName(string key, ImmutableArray<KeyValuePair<string, double>> values)
    {
        var members = new JsonObject();
        foreach (var (name, value) in values.IsDefault ? [] : values)
            members[name] = ToNode(value, wholeAsInteger: true);
        Set(key, members, members.Count == 0);
    }

    public void SetNode(string key, JsonNode? value) => Set(key, value?.DeepClone(), value is null);

    private static JsonValue ToNode(double value, bool wholeAsInteger) =>
        wholeAsInteger && Math.Abs(value) < 1e15 && Math.Truncate(value).Equals(value) ? JsonValue.Create((long)value) : JsonValue.Create(value);

    private void Set(string key, JsonNode? value, bool isDefault)
    {
        if (Json.ContainsKey(key))
        {
            // An equal value keeps its spelling (16.0 or 16); objects compare as unordered, and the order of the patterns matters.
            if (value is JsonObject || !JsonNode.DeepEquals(Json[key], value))
                Json[key] = value;
        }
        else if (!isDefault)
        {
            Json.Add(key, value);
        }
    }
}
