using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace AdapterHub.Catalog.Cards;

/// <summary>Reads the Hub's keys out of front matter and says what is wrong with them.</summary>
internal sealed partial class CardFields(CardMap values, List<CardProblem> problems)
{
    public static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
    [
        "license", "license_name", "license_link", "language", "tags", "datasets", "base_model", "base_model_relation", "pipeline_tag", "library_name",
        "metrics", "model-index", "widget", "title", "pretty_name", "description",
    ]);

    public CardFrontMatter Read()
    {
        var license = License();
        return new CardFrontMatter
        {
            Values = values,
            License = license,
            LicenseName = Text("license_name"),
            LicenseLink = Text("license_link"),
            Languages = Languages(),
            Tags = Texts("tags"),
            Datasets = Texts("datasets"),
            BaseModels = Texts("base_model", oneIsUsual: true),
            Relation = Relation(),
            PipelineTag = Text("pipeline_tag"),
            LibraryName = Text("library_name"),
            Metrics = Texts("metrics"),
            Results = new CardResults(problems).Read(values.Find("model-index")),
            Examples = new CardExamples(problems).Read(values.Find("widget")),
            Title = Text("title"),
            PrettyName = Text("pretty_name"),
            Description = Text("description"),
        };
    }

    /// <summary>The text of a scalar that is there and not null.</summary>
    public static string? TextOf(CardValue? value) => value is CardScalar { Kind: not CardScalarKind.Null, Text: var text } && !string.IsNullOrWhiteSpace(text) ? text : null;

    private string? Text(string key)
    {
        var value = values.Find(key);
        if (value is CardList or CardMap)
            WrongType(key, value, "one word or line of text");
        return TextOf(value)?.Trim();
    }

    private List<string> Texts(string key, bool oneIsUsual = false)
    {
        var value = values.Find(key);
        if (TextOf(value) is { } single)
        {
            if (!oneIsUsual)
                problems.Add(new CardProblem(CardSeverity.Warning, $"'{key}' is a list: write '- {CardYamlReader.Shorten(single)}' below it.", value!.Line, key));
            return [single.Trim()];
        }

        if (value is CardMap)
            WrongType(key, value, "a list of words");
        var texts = new List<string>();
        foreach (var item in (value as CardList)?.Items ?? [])
        {
            if (TextOf(item) is { } text)
                texts.Add(text.Trim());
            else
                WrongType(key, item, "a list of words");
        }

        return texts;
    }

    private string? License()
    {
        var value = values.Find("license");
        if (value is null or CardScalar { Kind: CardScalarKind.Null })
            return null;
        var ids = Texts("license", oneIsUsual: true);
        foreach (var id in ids)
            CheckLicense(id, value.Line);
        if (ids.Contains(LicenseList.Other, StringComparer.OrdinalIgnoreCase) && TextOf(values.Find("license_name")) is null)
            problems.Add(new CardProblem(CardSeverity.Warning, "The licence is 'other': say which in 'license_name', and where it can be read in 'license_link'.", value.Line, "license"));
        return ids.Count == 0 ? null : LicenseList.Find(ids[0])?.Id ?? ids[0];
    }

    private void CheckLicense(string id, int line)
    {
        if (LicenseList.Find(id) is { } known)
        {
            if (!string.Equals(known.Id, id, StringComparison.Ordinal))
                problems.Add(new CardProblem(CardSeverity.Warning, $"Write the licence as '{known.Id}', in lower case.", line, "license"));
            return;
        }

        var near = LicenseList.FindNearest(id) is { } nearest ? $" Did you mean '{nearest.Id}'?" : "";
        problems.Add(new CardProblem(CardSeverity.Warning, $"No licence has the id '{CardYamlReader.Shorten(id)}'.{near} For one that is not in the list write 'other', with 'license_name' and 'license_link'.", line, "license"));
    }

    private List<string> Languages()
    {
        var languages = Texts("language", oneIsUsual: true);
        foreach (var language in languages.Where(language => !LanguageCode().IsMatch(language)))
            problems.Add(new CardProblem(CardSeverity.Warning, $"'{CardYamlReader.Shorten(language)}' is no language code; write 'en' for English, 'de' for German (ISO 639).", values.Find("language")!.Line, "language"));
        return languages;
    }

    private BaseModelRelation? Relation()
    {
        if (Text("base_model_relation") is not { } text)
            return null;
        if (Enum.GetNames<BaseModelRelation>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name)
            return Enum.Parse<BaseModelRelation>(name);
        problems.Add(new CardProblem(CardSeverity.Warning, $"'{CardYamlReader.Shorten(text)}' is no relation to a base model; choose adapter, finetune, merge or quantized.", values.Find("base_model_relation")!.Line, "base_model_relation"));
        return null;
    }

    private void WrongType(string key, CardValue value, string expected)
    {
        var found = value switch { CardList => "a list", CardMap => "a map", _ => "nothing" };
        problems.Add(new CardProblem(CardSeverity.Error, $"'{key}' must be {expected}; here is {found}.", value.Line, key));
    }

    /// <summary>ISO 639-1 to 639-3 with subtags of BCP 47, and the two words that the Hub takes.</summary>
    [GeneratedRegex(@"\A([a-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}|code|multilingual)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex LanguageCode();
}
