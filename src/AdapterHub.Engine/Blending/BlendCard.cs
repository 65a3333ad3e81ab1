using System.Globalization;
using System.Text;
using AdapterHub.Engine.Cards;
using AdapterHub.Formats;

namespace AdapterHub.Engine.Blending;

/// <summary>
/// README.md of a blend: what it is made of, whether it is exact or what it loses, and what was seen on the base model. Without times, so that the same
/// blend has the same card.
/// </summary>
public sealed record BlendCard
{
    public const string FileName = "README.md";

    public required string Title { get; init; }

    public required BlendRecipe Recipe { get; init; }

    public required BlendReport Report { get; init; }

    /// <summary>Name of the base model on a hub; null where no adapter names one.</summary>
    public string? BaseModel { get; init; }

    /// <summary>A paragraph or two of Markdown about what this is.</summary>
    public string? Description { get; init; }

    /// <summary>An SPDX or Hugging Face identifier.</summary>
    public string? License { get; init; }

    /// <summary>What was measured on the base model; null where it was not.</summary>
    public BlendProof? Proof { get; init; }

    public void Write(string folder) => StagedFile.WriteText(Path.Combine(folder, FileName), ToMarkdown());

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        AppendFrontMatter(text);
        text.Append(CultureInfo.InvariantCulture, $"\n# {Title}\n");
        text.Append(CultureInfo.InvariantCulture, $"\n{(string.IsNullOrWhiteSpace(Description) ? Summary() : Description.Trim())}\n");
        AppendParents(text);
        AppendSettings(text);
        AppendChecks(text);
        AppendLearning(text);
        text.Append("\n## Make it again\n\n`blend.json` beside this card holds the whole recipe, with the digests of the adapters. These are the same bytes again:\n\n    adapterhub blend --recipe blend.json --out again\n");
        return text.ToString();
    }

    private void AppendFrontMatter(StringBuilder text)
    {
        text.Append("---\n");
        if (BaseModel is not null)
            text.Append(CultureInfo.InvariantCulture, $"base_model: {CardText.Quote(BaseModel)}\nbase_model_relation: adapter\n");
        text.Append("library_name: peft\npipeline_tag: text-generation\n");
        if (!string.IsNullOrWhiteSpace(License))
            text.Append(CultureInfo.InvariantCulture, $"license: {CardText.Quote(License)}\n");
        text.Append("tags:\n- lora\n- adapterhub\n- blend\n---\n");
    }

    /// <summary>What lists show of it.</summary>
    private string Summary()
    {
        var parents = Recipe.Parents.Where(parent => parent.Contributes).Select(parent => $"{parent.Name} ({Number(parent.Weight)})").ToList();
        var list = parents.Count > 1 ? $"{string.Join(", ", parents.Take(parents.Count - 1))} and {parents[^1]}" : parents.FirstOrDefault() ?? "nothing";
        return $"A blend of {list}{(BaseModel is null ? "" : $" for {BaseModel}")}: {(Report.IsExact ? "exact" : $"{Report.Method.Name().Replace('_', '-')}, relative error {Percent(Report.RelativeError)}")}.";
    }

    private void AppendParents(StringBuilder text)
    {
        text.Append("\n## Made of\n\n| adapter | weight | in some layers | sha256 of its tensors |\n|---|---:|---|---|\n");
        foreach (var parent in Recipe.Parents)
        {
            var layers = parent.Modules.IsDefaultOrEmpty ? "" : string.Join(", ", parent.Modules.Select(rule => $"`{rule.Pattern.Text}` {Number(rule.Weight)}"));
            var digest = parent.Digests.FirstOrDefault(file => file.Key.EndsWith(".safetensors", StringComparison.Ordinal)).Value;
            text.Append(CultureInfo.InvariantCulture, $"| {CardText.Cell(parent.Name)} | {Number(parent.Weight)} | {CardText.Cell(layers)} | {(digest is null ? "not read" : $"`{digest[..16]}`")} |\n");
        }
    }

    private void AppendSettings(StringBuilder text)
    {
        text.Append("\n## Method\n\n| | |\n|---|---|\n");
        Row("method", Report.Method.Name().Replace('_', '-'));
        Row("result", Describe());
        Row("rank", Ranks());
        if (Recipe.Density is { } density)
            Row("density", Number(density));
        if (Recipe.Method.ElectsSigns())
            Row("signs elected by", Recipe.MajoritySign == MajoritySign.Frequency ? "number of adapters" : "sum of the values");
        if (Recipe.Scale != 1)
            Row("scale", Number(Recipe.Scale));
        if (Recipe.Method.DrawsRandomNumbers())
            Row("seed", $"{Recipe.Seed}");
        if (Recipe.SavedModulesFrom is { } place && place < Recipe.Parents.Length)
            Row("whole tensors from", Recipe.Parents[place].Name);
        if (Report.ErrorCurve() is { Count: > 0 } curve && !Report.IsExact)
            Row("error by rank", string.Join(", ", curve.Select(point => $"{point.Rank}: {Percent(point.RelativeError)}")));

        void Row(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"| {name} | {CardText.Cell(value)} |\n");
    }

    private string Describe()
    {
        if (Report.IsExact)
            return Report.Method is BlendMethod.Exact or BlendMethod.TaskArithmetic or BlendMethod.LowRank ? "exact: the weighted sum itself" : "exact: all that the method makes";
        var error = $"{Percent(Report.RelativeError)} (Frobenius norm), at most {Percent(Report.Worst.RelativeError)} in {Report.Worst.Path}";
        return Report.Method == BlendMethod.PeftLinear ? $"not the weighted sum: cross terms of {error}" : $"approximate: relative error {error}";
    }

    private string Ranks()
    {
        var (least, most) = (Report.Modules.Min(module => module.Rank), Report.Modules.Max(module => module.Rank));
        return least == most ? $"{least}" : $"{least} to {most}";
    }

    private void AppendChecks(StringBuilder text)
    {
        if (Proof is not { } proof)
            return;
        text.Append("\n## Checked on the base model\n\n| | |\n|---|---|\n");
        text.Append(CultureInfo.InvariantCulture, $"| coverage | all {proof.Modules} modules of the blend belong to the base |\n");
        text.Append(CultureInfo.InvariantCulture, $"| largest difference of a logit from the adapters by weight | {Scientific(proof.LargestDifference)}{(Report.IsExact && IsSum ? $" (tolerance {Scientific(BlendProof.Tolerance)})" : "")} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| largest change of a logit that the adapters make | {Scientific(proof.LargestChange)} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| same first token | {Percent(proof.SameFirst)} of {proof.Tokens} positions |\n");
        text.Append(CultureInfo.InvariantCulture, $"| divergence of the predictions | {Scientific(proof.Divergence)} nats |\n");
    }

    private bool IsSum => Report.Method is BlendMethod.Exact or BlendMethod.LowRank or BlendMethod.TaskArithmetic;

    private void AppendLearning(StringBuilder text)
    {
        if (Recipe.Learning is not { } learning)
            return;
        text.Append(CultureInfo.InvariantCulture, $"\n## How the weights were found\n\nBy {learning.Steps} steps of gradient descent through the blend on {learning.BaseModel}, {learning.Tokens:N0} tokens in all.\n");
        if (learning.HeldOutLosses.Count == 0)
            return;
        text.Append("\n| held-out loss | nats a token |\n|---|---:|\n");
        foreach (var (name, loss) in learning.HeldOutLosses.OrderBy(entry => entry.Value))
            text.Append(CultureInfo.InvariantCulture, $"| {CardText.Cell(name)} | {loss:0.0000} |\n");
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString(share is > 0 and < 0.001 ? "0.0e+0" : "0.##%", CultureInfo.InvariantCulture);

    private static string Scientific(double value) => value.ToString(value is > 0 and < 0.01 ? "0.0e-0" : "0.###", CultureInfo.InvariantCulture);
}
