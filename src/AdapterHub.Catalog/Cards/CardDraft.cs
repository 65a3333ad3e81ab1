using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AdapterHub.Formats.Inspection;

namespace AdapterHub.Catalog.Cards;

/// <summary>A file of an upload, for the table of a drafted card.</summary>
public sealed record CardDraftFile(string Path, long Bytes);

/// <summary>
/// A card for an adapter that came without one, filled in with what its files say and nothing else. What only its author knows is in
/// <see cref="Questions"/>, and in a comment at the end of the body that readers do not see.
/// </summary>
public sealed partial record CardDraft
{
    /// <summary>The repository's name or a title.</summary>
    public required string Title { get; init; }

    public required AdapterFacts Facts { get; init; }

    /// <summary>The base model's name on this or another hub; without it, the config's, if that is a name and no path of somebody's disk.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Numbers in the base model, to give the adapter's share; null if not known.</summary>
    public long? BaseParameters { get; init; }

    public IReadOnlyList<CardDraftFile> Files { get; init; } = [];

    /// <summary>An id of <see cref="LicenseList"/>; null if not yet chosen.</summary>
    public string? License { get; init; }

    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>A paragraph of Markdown about what it does; null if not yet written.</summary>
    public string? Description { get; init; }

    /// <summary>What the card does not say yet and nobody but its author can, a question each.</summary>
    public IReadOnlyList<string> Questions =>
    [
        .. new[]
        {
            (Ask: License is null, Text: "Under which licence may others use it? The licence of the base model may bind you."),
            (Ask: BaseName is null, Text: "Which base model does it belong to?"),
            (Ask: Description is null, Text: "What does it do, and how is it prompted?"),
            (Ask: Languages.Count == 0, Text: "Which languages does it know?"),
            (Ask: true, Text: "What was it trained on, and what is it not good at?"),
        }.Where(question => question.Ask).Select(question => question.Text),
    ];

    private string? BaseName => BaseModel ?? (Facts.BaseModel is { } name && HubName().IsMatch(name) ? name : null);

    /// <summary>The card.</summary>
    public CardDocument ToCard() => CardDocument.Parse(Body())
        .WithBaseModels(BaseName is { } name ? [name] : [], BaseName is null ? null : BaseModelRelation.Adapter)
        .WithText("library_name", "peft")
        .WithPipelineTag(Task())
        .WithLicense(License)
        .WithLanguages(Languages)
        .WithTags(["lora", .. Facts.Method.Contains("DoRA", StringComparison.Ordinal) ? new[] { "dora" } : [], "adapterhub"]);

    private string? Task() => Facts.Task switch
    {
        "CAUSAL_LM" => "text-generation",
        "SEQ_2_SEQ_LM" => "text2text-generation",
        "SEQ_CLS" => "text-classification",
        "TOKEN_CLS" => "token-classification",
        "QUESTION_ANS" => "question-answering",
        "FEATURE_EXTRACTION" => "feature-extraction",
        _ => null,
    };

    private string Body()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\n# {Escape(Title)}\n\n");
        text.Append(Description is { } description ? description.Trim() : Sentence()).Append("\n\n");
        text.Append("## What it changes\n\n| | |\n|---|---|\n");
        foreach (var (name, value) in Rows())
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {value} |\n");
        if (Files.Count > 0)
        {
            text.Append("\n## Files\n\n| file | size |\n|---|---:|\n");
            foreach (var file in Files)
                text.Append(CultureInfo.InvariantCulture, $"| {Code(file.Path)} | {ByteText.Of(file.Bytes)} |\n");
        }

        text.Append("\n<!-- Only you know:\n");
        foreach (var question in Questions)
            text.Append(CultureInfo.InvariantCulture, $"- {question}\n");
        return text.Append("-->\n").ToString();
    }

    private string Sentence()
    {
        var modules = Facts.Modules == 1 ? "one module" : string.Create(CultureInfo.InvariantCulture, $"{Facts.Modules:N0} modules");
        var of = BaseName is { } name ? $" of {Code(name)}" : "";
        return $"{(Facts.Method.StartsWith('L') ? "A" : "An")} {Facts.Method} adapter of rank {Facts.RankText} on {modules}{of}.".Replace("An DoRA", "A DoRA", StringComparison.Ordinal);
    }

    private IEnumerable<(string Name, string Value)> Rows()
    {
        yield return ("base model", BaseName is { } name ? Code(name) : "not stated");
        yield return ("method", Escape(Facts.Method));
        yield return ("rank", Facts.RankText);
        yield return ("alpha", Facts.AlphaText);
        if (Facts.Dropout > 0)
            yield return ("dropout in training", string.Create(CultureInfo.InvariantCulture, $"{Facts.Dropout}"));
        yield return ("target modules", Listed(Facts.Targets));
        yield return ("modules", string.Create(CultureInfo.InvariantCulture, $"{Facts.Modules:N0}{(Facts.Layers > 0 ? $" in {Facts.Layers:N0} layers" : "")}"));
        if (Facts.Extras.Count > 0)
            yield return ("trained besides", Escape(string.Join(", ", Facts.Extras)));
        yield return ("trained parameters", Share());
        yield return ("stored as", string.Create(CultureInfo.InvariantCulture, $"{Escape(string.Join(", ", Facts.Dtypes))}, {ByteText.Of(Facts.TensorBytes)}"));
    }

    private string Share() => BaseParameters is > 0 and { } total
        ? string.Create(CultureInfo.InvariantCulture, $"{Facts.Parameters:N0} of {total:N0} ({100.0 * Facts.Parameters / total:0.##} %)")
        : string.Create(CultureInfo.InvariantCulture, $"{Facts.Parameters:N0}");

    /// <summary>Names come from the file: a hostile one has thousands, or marks of Markdown in them.</summary>
    private static string Listed(IReadOnlyList<string> names)
    {
        const int Shown = 24;
        var list = string.Join(", ", names.Take(Shown).Select(Code));
        return names.Count switch
        {
            0 => "none",
            > Shown => string.Create(CultureInfo.InvariantCulture, $"{list} and {names.Count - Shown:N0} more"),
            _ => list,
        };
    }

    private static string Code(string text) =>
        $"`{string.Concat(text.Take(200).Select(c => c is '`' or '|' or '<' or '>' || char.IsControl(c) || char.IsSurrogate(c) ? '_' : c)).Trim()}`";

    private static string Escape(string text) =>
        string.Concat(text.Take(200).Select(c => char.IsControl(c) ? " " : char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)) && c is not ('.' or ',' or '-' or '(' or ')') ? $"\\{c}" : c.ToString()));

    /// <summary>name or owner/name; a path of a disk has other forms.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex HubName();
}
