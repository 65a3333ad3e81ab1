using System.Text.Json;

namespace AdapterHub.Engine.Tokenizers.Reading;

/// <summary>A value of a tokenizer file together with where it stands, so that every complaint can name its place.</summary>
internal readonly record struct JsonSection(string File, string Path, JsonElement Element)
{
    /// <summary>The <c>type</c> member by which the format tells its components apart.</summary>
    public string Type => Member("type").Text();

    public JsonSection Member(string name) =>
        FindMember(name) ?? throw new TokenizerFormatException(File, Path, $"\"{name}\" is missing.");

    /// <summary>The member, or null where it is absent or JSON null: the format treats both alike.</summary>
    public JsonSection? FindMember(string name)
    {
        if (Element.ValueKind != JsonValueKind.Object)
            throw Wrong("an object");
        return Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonSection(File, $"{Path}.{name}", value)
            : null;
    }

    public IEnumerable<JsonSection> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array)
            throw Wrong("an array");
        var (file, path) = (File, Path);
        return Element.EnumerateArray().Select((item, index) => new JsonSection(file, $"{path}[{index}]", item));
    }

    public IEnumerable<(string Name, JsonSection Value)> Members()
    {
        if (Element.ValueKind != JsonValueKind.Object)
            throw Wrong("an object");
        var (file, path) = (File, Path);
        return Element.EnumerateObject().Select(member => (member.Name, new JsonSection(file, $"{path}.{member.Name}", member.Value)));
    }

    public string Text() => Element.ValueKind == JsonValueKind.String ? Element.GetString()! : throw Wrong("a string");

    public int Whole(int least = 0) =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var value) && value >= least
            ? value
            : throw Wrong($"a whole number from {least} up");

    public bool Flag() => Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    public bool FindFlag(string name, bool absent) => FindMember(name)?.Flag() ?? absent;

    public TokenizerFormatException Wrong(string expected) => new(File, Path, $"{Shown()} was found where {expected} belongs.");

    public TokenizerFormatException Unsupported(string supported) => new(File, Path, $"{Shown()} is not supported; supported: {supported}.");

    private string Shown()
    {
        var text = Element.ValueKind == JsonValueKind.String ? $"\"{Element.GetString()}\"" : Element.GetRawText();
        return text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 77), "...");
    }
}
