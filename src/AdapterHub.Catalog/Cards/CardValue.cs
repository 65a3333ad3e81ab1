using System.Globalization;
using System.Text.Json.Nodes;

namespace AdapterHub.Catalog.Cards;

/// <summary>A value in the front matter: text, a number, a list, a map. Immutable, and at most <see cref="CardLimits.FrontMatterDepth"/> deep.</summary>
public abstract class CardValue
{
    /// <summary>The line of README.md, from 1; 0 for a value that was made here.</summary>
    public int Line { get; internal init; }

    /// <summary>Where the value lies in the front matter's text: [Start, End).</summary>
    internal (int Start, int End) Span { get; init; }

    /// <summary>Written as <c>[a, b]</c> or <c>{a: b}</c>.</summary>
    internal bool IsFlow { get; init; }

    /// <summary>This value and all below it, an alias counted as what it stands for.</summary>
    internal virtual int Count => 1;

    public static implicit operator CardValue(string text) => CardScalar.OfText(text);

    public static implicit operator CardValue(double number) => CardScalar.OfNumber(number);

    /// <summary>The same as JSON, as the Hub's API shows front matter (<c>cardData</c>).</summary>
    public abstract JsonNode? ToJson();

    /// <summary>Whether both say the same, however they are written.</summary>
    public bool Says(CardValue? other) => other is not null && JsonNode.DeepEquals(ToJson(), other.ToJson());
}

/// <summary>What a plain word of YAML is (YAML 1.2, core schema).</summary>
public enum CardScalarKind
{
    Text,
    Number,
    Boolean,
    Null,
}

/// <summary>One word or text.</summary>
public sealed class CardScalar : CardValue
{
    internal CardScalar(string text, CardScalarKind kind)
    {
        Text = text;
        Kind = kind;
    }

    /// <summary>As written, without quotes.</summary>
    public string Text { get; }

    public CardScalarKind Kind { get; }

    /// <summary>The number it is; null if it is none, infinite or NaN.</summary>
    public double? Number =>
        Kind == CardScalarKind.Number && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;

    public static CardScalar OfText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new CardScalar(text, CardScalarKind.Text);
    }

    public static CardScalar OfNumber(double number) => new(number.ToString("R", CultureInfo.InvariantCulture), CardScalarKind.Number);

    public static CardScalar OfBoolean(bool value) => new(value ? "true" : "false", CardScalarKind.Boolean);

    public override JsonNode? ToJson() => Kind switch
    {
        CardScalarKind.Null => null,
        CardScalarKind.Boolean => Text.StartsWith('t') || Text.StartsWith('T'),
        CardScalarKind.Number when long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        CardScalarKind.Number when Number is { } number => number,
        _ => Text,
    };

    public override string ToString() => Text;
}

/// <summary>A list.</summary>
public sealed class CardList(IReadOnlyList<CardValue> items) : CardValue
{
    public IReadOnlyList<CardValue> Items { get; } = items;

    internal override int Count { get; } = 1 + items.Sum(item => item.Count);

    public static CardList Of(IEnumerable<string> texts) => new([.. texts.Select(CardScalar.OfText)]);

    public override JsonNode ToJson() => new JsonArray([.. Items.Select(item => item.ToJson())]);
}

/// <summary>A map; keys in the order of the file, each once.</summary>
public sealed class CardMap(IReadOnlyList<KeyValuePair<string, CardValue>> entries) : CardValue
{
    public static readonly CardMap Empty = new([]);

    public IReadOnlyList<KeyValuePair<string, CardValue>> Entries { get; } = entries;

    public IEnumerable<string> Keys => Entries.Select(entry => entry.Key);

    internal override int Count { get; } = 1 + entries.Sum(entry => 1 + entry.Value.Count);

    /// <summary>The value of a key, null when absent. A key written without a value is there, with a scalar of kind Null.</summary>
    public CardValue? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (string.Equals(entry.Key, key, StringComparison.Ordinal))
                return entry.Value;
        }

        return null;
    }

    public override JsonNode ToJson()
    {
        var json = new JsonObject();
        foreach (var (key, value) in Entries)
            json[key] = value.ToJson();
        return json;
    }
}
