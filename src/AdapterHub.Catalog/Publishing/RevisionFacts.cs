using AdapterHub.Catalog.Cards;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing.Checks;

namespace AdapterHub.Catalog.Publishing;

/// <summary>What the newest revision of the default branch says of itself, as the repository's row keeps it for lists and facets.</summary>
internal static class RevisionFacts
{
    private const int LongestWord = 100;
    private const int LongestTitle = 120;
    private const int MostTags = 60;

    public static void Write(Repository row, IReadOnlyCollection<TreeFile> files, RevisionReport report)
    {
        var card = report.Card.FrontMatter;
        var adapter = report.Files.Adapter;
        row.Title = Word(card.Title ?? card.PrettyName, LongestTitle) ?? CardHeadline.Find(report.Card) ?? row.Name;
        row.Summary = CardSummary.Of(report.Card);
        row.License = Word(card.License);
        row.BaseModel = Word(report.DeclaredBase, LongestTitle);
        row.BaseRepositoryId = report.Base?.RepositoryId;
        row.Bytes = files.Sum(file => file.Length);
        row.Task = Word(card.PipelineTag) ?? Word(TaskOf(adapter?.Task));
        row.Library = Word(card.LibraryName) ?? (adapter is null ? null : "peft");
        row.Languages = card.Languages.Count == 0 ? null : string.Join(", ", card.Languages.Select(language => Word(language)).Distinct(StringComparer.OrdinalIgnoreCase).Take(MostTags));
        row.WeightsDigest = FindWeights(files)?.Digest;
        (row.Method, row.Rank, row.Alpha, row.Targets, row.Parameters) = row.Kind switch
        {
            RepositoryKind.Adapter when adapter is not null => (adapter.Method, adapter.HighestRank, adapter.HighestAlpha, string.Join(", ", adapter.Targets), adapter.Parameters),
            RepositoryKind.BaseModel => (report.Files.Architecture, null, null, null, report.Files.Parameters),
            RepositoryKind.Dataset => (FormatOf(files), null, null, null, null),
            _ => ((string?)null, (int?)null, (double?)null, (string?)null, (long?)null),
        };
    }

    /// <summary>Tags of the card, each once however it is spelt.</summary>
    public static IReadOnlyList<string> TagsOf(CardDocument card) =>
        [.. card.FrontMatter.Tags.Select(tag => Word(tag)).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Take(MostTags)];

    /// <summary>The adapter's tensors, or the only file of weights.</summary>
    public static TreeFile? FindWeights(IReadOnlyCollection<TreeFile> files)
    {
        if (files.FirstOrDefault(file => file.Path == "adapter_model.safetensors") is { } adapter)
            return adapter;
        var weights = files.Where(file => Path.GetExtension(file.Path).ToUpperInvariant() is ".SAFETENSORS" or ".GGUF").Take(2).ToList();
        return weights.Count == 1 ? weights[0] : null;
    }

    /// <summary>The format of most of a dataset's bytes.</summary>
    private static string? FormatOf(IReadOnlyCollection<TreeFile> files) => files
        .Where(file => !string.Equals(Path.GetExtension(file.Path), ".md", StringComparison.OrdinalIgnoreCase))
        .GroupBy(file => Path.GetExtension(file.Path).TrimStart('.').ToLowerInvariant(), StringComparer.Ordinal)
        .Where(group => group.Key.Length is > 0 and < 12)
        .OrderByDescending(group => group.Sum(file => file.Length)).ThenBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => group.Key).FirstOrDefault();

    /// <summary>PEFT's task_type in the words of the Hub's pipeline tags.</summary>
    private static string? TaskOf(string? task) => task switch
    {
        "CAUSAL_LM" => "text-generation",
        "SEQ_2_SEQ_LM" => "text2text-generation",
        "SEQ_CLS" => "text-classification",
        "TOKEN_CLS" => "token-classification",
        "QUESTION_ANS" => "question-answering",
        "FEATURE_EXTRACTION" => "feature-extraction",
        _ => null,
    };

    /// <summary>One line without what does not print, cut; null for nothing.</summary>
    private static string? Word(string? text, int longest = LongestWord) =>
        string.IsNullOrWhiteSpace(text) ? null : Cards.Html.CardText.OneLine(text, longest) is { Length: > 0 } line ? line : null;
}
