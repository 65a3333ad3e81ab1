using System.Globalization;
using System.Text;
using AdapterHub.Engine.Cards;
using AdapterHub.Formats;
using AdapterHub.Formats.Sizing;

namespace AdapterHub.Engine.Training;

/// <summary>
/// README.md of what was trained: front matter as the Hugging Face Hub reads it (its model card specification), then settings, data, curve, perplexity and
/// samples as they are in the report.
/// </summary>
public sealed record TrainingCard
{
    public const string FileName = "README.md";

    public required string Title { get; init; }

    public required TrainingReport Report { get; init; }

    /// <summary>Name of the base model on a hub; null for a model trained from random weights.</summary>
    public string? BaseModel { get; init; }

    /// <summary>A paragraph or two of Markdown about what this is.</summary>
    public string? Description { get; init; }

    /// <summary>An SPDX or Hugging Face identifier, such as "cc0-1.0"; of what was trained.</summary>
    public string? License { get; init; }

    /// <summary>ISO 639 codes.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>Names of data sets on a hub.</summary>
    public IReadOnlyList<string> Datasets { get; init; } = [];

    /// <summary>A line of Markdown for each source of data, with its licence.</summary>
    public IReadOnlyList<string> DataSources { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Rows of the table of the curve.</summary>
    private const int CurveRows = 12;

    public void Write(string folder) => StagedFile.WriteText(Path.Combine(folder, FileName), ToMarkdown());

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        AppendFrontMatter(text);
        text.Append(CultureInfo.InvariantCulture, $"\n# {Title}\n");
        if (Description is not null)
            text.Append(CultureInfo.InvariantCulture, $"\n{Description.Trim()}\n");
        AppendResult(text);
        AppendCurve(text);
        AppendSamples(text);
        AppendData(text);
        AppendSettings(text);
        return text.ToString();
    }

    private void AppendFrontMatter(StringBuilder text)
    {
        text.Append("---\n");
        if (BaseModel is not null)
        {
            Scalar("base_model", BaseModel);
            Scalar("base_model_relation", "adapter");
            Scalar("library_name", "peft");
        }
        else
        {
            Scalar("library_name", "transformers");
        }

        Scalar("pipeline_tag", "text-generation");
        if (License is not null)
            Scalar("license", License);
        List("language", Languages);
        List("datasets", Datasets);
        List("tags", [.. BaseModel is null ? [] : new[] { "lora" }, "adapterhub", .. Tags]);
        if (Report.PerplexityAfter is { } perplexity)
            AppendModelIndex(text, perplexity);
        text.Append("---\n");

        void Scalar(string key, string value) => text.Append(CultureInfo.InvariantCulture, $"{key}: {CardText.Quote(value)}\n");

        void List(string key, IReadOnlyList<string> values)
        {
            if (values.Count == 0)
                return;
            text.Append(CultureInfo.InvariantCulture, $"{key}:\n");
            foreach (var value in values)
                text.Append(CultureInfo.InvariantCulture, $"- {CardText.Quote(value)}\n");
        }
    }

    private void AppendModelIndex(StringBuilder text, double perplexity)
    {
        var data = Datasets.Count > 0 ? Datasets[0] : "held-out part of the training data";
        text.Append(CultureInfo.InvariantCulture, $"""
            metrics:
            - perplexity
            model-index:
            - name: {CardText.Quote(Title)}
              results:
              - task:
                  type: text-generation
                dataset:
                  name: {CardText.Quote(data)}
                  type: {CardText.Quote(Datasets.Count > 0 ? Datasets[0] : "held-out")}
                metrics:
                - type: perplexity
                  name: Perplexity on held-out text
                  value: {perplexity:0.000}

            """);
    }

    private void AppendResult(StringBuilder text)
    {
        text.Append("\n## Result\n\n| | |\n|---|---|\n");
        if (Report.PerplexityBefore is { } before)
            Row(BaseModel is null ? "held-out perplexity before training" : "held-out perplexity of the base", $"{before:0.00}");
        if (Report.PerplexityAfter is { } after)
            Row(BaseModel is null ? "held-out perplexity" : "held-out perplexity with the adapter", $"**{after:0.00}**");
        if (Report is { FirstLoss: { } first, FinalLoss: { } last })
            Row("training loss, first and last", $"{first:0.000}, {last:0.000}");
        Row("trained parameters", $"{Report.TrainableParameters:N0} of {Report.TotalParameters:N0} ({100.0 * Report.TrainableParameters / Report.TotalParameters:0.##} %)");
        Row("steps", Report.KeptStep == Report.Step ? (FormattableString)$"{Report.Step}" : $"{Report.KeptStep} of {Report.Step}, where the held-out loss was lowest");
        Row("tokens", $"{Report.Tokens:N0}");
        Row("speed", $"{Report.TokensPerSecond:N0} tokens a second");
        Row("time", $"{TimeSpan.FromSeconds(Math.Round(Report.WallSeconds)):c} with evaluations, {Report.FinishedAt.UtcDateTime:yyyy-MM-dd}");
        Row("peak memory", $"{MemoryEstimate.Format(Report.PeakMemoryBytes)}");
        Row("hardware", $"{Report.Hardware}");

        void Row(string name, FormattableString value) => text.Append(CultureInfo.InvariantCulture, $"| {name} | {FormattableString.Invariant(value)} |\n");
    }

    private void AppendCurve(StringBuilder text)
    {
        var held = Report.Evaluations.Where(point => point.Loss is not null).ToList();
        if (held.Count > 0)
        {
            text.Append("\n## Held-out loss\n\n| step | loss | perplexity |\n|---:|---:|---:|\n");
            foreach (var point in Thin(held))
                text.Append(CultureInfo.InvariantCulture, $"| {point.Step} | {point.Loss:0.0000} | {point.Perplexity:0.00} |\n");
        }

        if (Report.Curve.Count == 0)
            return;
        text.Append("\n## Training loss\n\n| step | loss | gradient norm |\n|---:|---:|---:|\n");
        foreach (var point in Thin(Report.Curve))
            text.Append(CultureInfo.InvariantCulture, $"| {point.Step} | {point.Loss:0.0000} | {point.GradientNorm:0.000} |\n");
    }

    private void AppendSamples(StringBuilder text)
    {
        var first = Report.Evaluations.FirstOrDefault(point => point.Step == 0);
        if (Report.Evaluations.LastOrDefault(point => point.Step == Report.KeptStep) is not { Samples.Count: > 0 } last)
            return;
        text.Append("\n## Samples, as generated\n");
        for (var k = 0; k < last.Samples.Count; k++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nPrompt:\n\n{Block(last.Samples[k].Prompt)}\n");
            if (BaseModel is not null && first is not null && k < first.Samples.Count)
                text.Append(CultureInfo.InvariantCulture, $"\nBase:\n\n{Block(first.Samples[k].Text)}\n");
            text.Append(CultureInfo.InvariantCulture, $"\n{(BaseModel is null ? "Continued" : "With the adapter")}:\n\n{Block(last.Samples[k].Text)}\n");
        }
    }

    private void AppendData(StringBuilder text)
    {
        if (DataSources.Count == 0)
            return;
        text.Append("\n## Data\n\n");
        foreach (var source in DataSources)
            text.Append(CultureInfo.InvariantCulture, $"- {source}\n");
    }

    private void AppendSettings(StringBuilder text)
    {
        text.Append("\n## Settings\n\n| setting | value |\n|---|---|\n");
        foreach (var (name, value) in Report.Settings.OrderBy(setting => setting.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"| {CardText.Cell(name)} | {CardText.Cell(value)} |\n");
    }

    /// <summary>Evenly, the first and the last among them.</summary>
    private static IEnumerable<T> Thin<T>(IReadOnlyList<T> rows) => rows.Count <= CurveRows
        ? rows
        : Enumerable.Range(0, CurveRows).Select(row => rows[(int)Math.Round((double)row * (rows.Count - 1) / (CurveRows - 1))]);

    /// <summary>As an indented code block, which nothing inside the text can end.</summary>
    private static string Block(string text) => "    " + text.ReplaceLineEndings("\n").TrimEnd('\n').Replace("\n", "\n    ", StringComparison.Ordinal);
}
