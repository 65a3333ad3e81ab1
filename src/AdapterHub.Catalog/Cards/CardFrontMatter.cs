using System.Text.Json.Nodes;

namespace AdapterHub.Catalog.Cards;

/// <summary>How an adapter or a model was made from its base (<c>base_model_relation</c>).</summary>
public enum BaseModelRelation
{
    Adapter,
    Finetune,
    Merge,
    Quantized,
}

/// <summary>One measured number of <c>model-index</c>, with what it was measured on.</summary>
public sealed record CardResult
{
    /// <summary>The entry's <c>name</c>.</summary>
    public required string Model { get; init; }

    public string? TaskType { get; init; }

    public string? TaskName { get; init; }

    public string? DatasetType { get; init; }

    public string? DatasetName { get; init; }

    public string? DatasetConfig { get; init; }

    public string? DatasetSplit { get; init; }

    public string? DatasetRevision { get; init; }

    public required string MetricType { get; init; }

    public string? MetricName { get; init; }

    /// <summary>As written.</summary>
    public required string Value { get; init; }

    /// <summary>Null where the value is no finite number.</summary>
    public double? Number { get; init; }

    public bool? Verified { get; init; }

    public string? SourceName { get; init; }

    /// <summary>Only http and https addresses.</summary>
    public string? SourceUrl { get; init; }
}

/// <summary>One message of a widget's conversation.</summary>
public sealed record CardMessage(string Role, string Content);

/// <summary>An example of <c>widget</c>: what to type into the playground.</summary>
public sealed record CardExample
{
    public string? Title { get; init; }

    public string? Group { get; init; }

    public string? Text { get; init; }

    public IReadOnlyList<CardMessage> Messages { get; init; } = [];

    /// <summary><c>output.text</c></summary>
    public string? OutputText { get; init; }

    /// <summary><c>output.url</c>, as written: a path in the repository or an address; not yet checked.</summary>
    public string? OutputUrl { get; init; }

    /// <summary>The whole example, for keys that have no member here.</summary>
    public required CardMap Values { get; init; }
}

/// <summary>
/// What a card's front matter says. Typed where the Hugging Face Hub gives a key a meaning; every key, known or not, is in <see cref="Values"/>.
/// A value of the wrong type is absent here and named in <see cref="CardDocument.Problems"/>.
/// </summary>
public sealed record CardFrontMatter
{
    public static readonly CardFrontMatter Empty = new() { Values = CardMap.Empty };

    /// <summary>Everything, in the order of the file.</summary>
    public required CardMap Values { get; init; }

    /// <summary>Keys without a member here.</summary>
    public IEnumerable<string> UnknownKeys => Values.Keys.Where(key => !CardFields.Known.Contains(key));

    /// <summary><c>license</c>, in lower case where the list has it; the first of several.</summary>
    public string? License { get; init; }

    public string? LicenseName { get; init; }

    /// <summary>As written: a file of the repository or an address.</summary>
    public string? LicenseLink { get; init; }

    /// <summary>Language codes.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<string> Datasets { get; init; } = [];

    /// <summary>One for an adapter, several for a merge.</summary>
    public IReadOnlyList<string> BaseModels { get; init; } = [];

    public BaseModelRelation? Relation { get; init; }

    public string? PipelineTag { get; init; }

    public string? LibraryName { get; init; }

    /// <summary>Names of metrics.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary><c>model-index</c>, one row a metric.</summary>
    public IReadOnlyList<CardResult> Results { get; init; } = [];

    /// <summary><c>widget</c></summary>
    public IReadOnlyList<CardExample> Examples { get; init; } = [];

    public string? Title { get; init; }

    public string? PrettyName { get; init; }

    /// <summary>A line of text about it; not a key of the Hub's, but often there.</summary>
    public string? Description { get; init; }

    /// <summary>Everything as JSON (the Hub's <c>cardData</c>).</summary>
    public JsonObject ToJson() => (JsonObject)Values.ToJson();
}
