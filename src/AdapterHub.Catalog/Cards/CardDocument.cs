using System.Text.RegularExpressions;

namespace AdapterHub.Catalog.Cards;

/// <summary>
/// A README.md: front matter and a body of Markdown. Immutable. Reading never fails, whatever the text: what is wrong is in
/// <see cref="Problems"/>, and what can be used is used.
/// </summary>
public sealed partial class CardDocument
{
    private readonly string _head;
    private readonly string? _yaml;
    private readonly string _foot;
    private readonly bool _readable;

    private CardDocument(string head, string? yaml, string foot, string body)
    {
        var problems = new List<CardProblem>();
        _head = head;
        _yaml = yaml;
        _foot = foot;
        Body = body;
        BodyLine = 1 + Lines(head) + Lines(yaml ?? "") + Lines(foot);
        var length = head.Length + (yaml?.Length ?? 0) + foot.Length + body.Length;
        if (length > CardLimits.Characters)
            problems.Add(new CardProblem(CardSeverity.Error, $"The card is {length:N0} characters long; at most {CardLimits.Characters:N0} are shown."));
        var map = yaml is null ? CardMap.Empty : CardYamlReader.Read(yaml, 1 + Lines(head), problems);
        _readable = map is not null && problems.TrueForAll(problem => problem.Severity == CardSeverity.Warning);
        FrontMatter = map is null ? CardFrontMatter.Empty : new CardFields(map, problems).Read();
        if (yaml is null && UnclosedFence().IsMatch(body))
            problems.Add(new CardProblem(CardSeverity.Warning, "The first line opens front matter (---) that no second line of dashes closes; everything is shown as text.", 1));
        Problems = problems;
    }

    public CardFrontMatter FrontMatter { get; }

    /// <summary>The Markdown below the front matter, exactly as it is.</summary>
    public string Body { get; }

    /// <summary>The line of README.md on which the body begins, from 1.</summary>
    public int BodyLine { get; }

    /// <summary>What is wrong, in the order in which it was found.</summary>
    public IReadOnlyList<CardProblem> Problems { get; }

    /// <summary>Too long to be shown.</summary>
    public bool IsTooLong => _head.Length + (_yaml?.Length ?? 0) + _foot.Length + Body.Length > CardLimits.Characters;

    /// <summary>
    /// Whether a form may change single keys. False while the front matter cannot be read without loss (broken YAML, a key twice, too large):
    /// it has to be put right as text first.
    /// </summary>
    public bool CanChangeKeys => _readable;

    /// <summary>Reads a README.md.</summary>
    public static CardDocument Parse(string readme)
    {
        ArgumentNullException.ThrowIfNull(readme);
        var open = OpeningFence().Match(readme);
        if (!open.Success)
            return new CardDocument("", null, "", readme);
        // The closing line is looked for from the opening one's line end on, so that empty front matter is found too.
        var close = ClosingFence().Match(readme, open.Length - 1);
        if (!close.Success)
            return new CardDocument("", null, "", readme);
        var footStart = Math.Max(close.Index + 1, open.Length);
        var bodyStart = close.Index + close.Length;
        return new CardDocument(readme[..open.Length], readme[open.Length..footStart], readme[footStart..bodyStart], readme[bodyStart..]);
    }

    /// <summary>README.md as text; byte for byte what was parsed, if nothing was changed.</summary>
    public override string ToString() => string.Concat(_head, _yaml, _foot, Body);

    /// <summary>
    /// The card with one key of the front matter set, or removed with null. The other keys keep their order, comments and spelling, the body
    /// stays as it is. The result is read anew: look at its <see cref="Problems"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException"><see cref="CanChangeKeys"/> is false.</exception>
    public CardDocument With(string key, CardValue? value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        if (!CanChangeKeys)
            throw new InvalidOperationException("The front matter has faults; put it right as text before changing single keys.");
        var newLine = NewLine();
        if (_yaml is not null)
            return new CardDocument(_head, CardWriter.Set(_yaml, FrontMatter.Values, key, value, newLine), _foot, Body);
        if (value is null)
            return this;
        // A byte order mark belongs to the file's beginning.
        var mark = Body.StartsWith('\uFEFF') ? "\uFEFF" : "";
        return new CardDocument($"{mark}---{newLine}", CardYamlText.Entry(key, value, newLine), $"---{newLine}", Body[mark.Length..]);
    }

    /// <summary>As <see cref="With(string, CardValue?)"/>; null or blank removes the key.</summary>
    public CardDocument WithText(string key, string? text) => With(key, string.IsNullOrWhiteSpace(text) ? null : CardScalar.OfText(text.Trim()));

    /// <summary>As <see cref="With(string, CardValue?)"/>; an empty list removes the key. Blank entries and repetitions are left out.</summary>
    public CardDocument WithTexts(string key, IEnumerable<string> texts)
    {
        var list = texts.Select(text => text.Trim()).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        return With(key, list.Count == 0 ? null : CardList.Of(list));
    }

    public CardDocument WithLicense(string? id, string? name = null, string? link = null) =>
        WithText("license", id).WithText("license_name", name).WithText("license_link", link);

    public CardDocument WithLanguages(IEnumerable<string> codes) => WithTexts("language", codes);

    public CardDocument WithTags(IEnumerable<string> tags) => WithTexts("tags", tags);

    public CardDocument WithDatasets(IEnumerable<string> names) => WithTexts("datasets", names);

    public CardDocument WithMetrics(IEnumerable<string> names) => WithTexts("metrics", names);

    /// <summary>One base model is written as a word, several as a list.</summary>
    public CardDocument WithBaseModels(IReadOnlyList<string> names, BaseModelRelation? relation)
    {
        ArgumentNullException.ThrowIfNull(names);
        var card = names.Count == 1 ? WithText("base_model", names[0]) : WithTexts("base_model", names);
        return card.WithText("base_model_relation", relation?.ToString().ToLowerInvariant());
    }

    public CardDocument WithPipelineTag(string? tag) => WithText("pipeline_tag", tag);

    public CardDocument WithTitle(string? title) => WithText("title", title);

    public CardDocument WithDescription(string? description) => WithText("description", description);

    /// <summary>The card with another body; the front matter stays as it is.</summary>
    public CardDocument WithBody(string body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return _yaml is null ? Parse(body) : new CardDocument(_head, _yaml, _foot.EndsWith('\n') || body.Length == 0 ? _foot : _foot + NewLine(), body);
    }

    private string NewLine()
    {
        var feed = _head.Length > 0 ? _head.IndexOf('\n', StringComparison.Ordinal) : Body.IndexOf('\n', StringComparison.Ordinal);
        var text = _head.Length > 0 ? _head : Body;
        return feed > 0 && text[feed - 1] == '\r' ? "\r\n" : "\n";
    }

    private static int Lines(string text) => text.Count(c => c == '\n');

    /// <summary>The Hub takes blank lines above the dashes; a byte order mark may stand before them.</summary>
    [GeneratedRegex(@"\A\uFEFF?([ \t]*\r?\n)*---[ \t]*\r?\n", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex OpeningFence();

    [GeneratedRegex(@"\n---[ \t]*(\r?\n|\z)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ClosingFence();

    [GeneratedRegex(@"\A\uFEFF?---[ \t]*\r?\n[A-Za-z_-]+:", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex UnclosedFence();
}
