using System.Globalization;

namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>Says in a few lines how an adapter fits its base: misfits that are alike in every layer are one line.</summary>
internal static class CoverageFindings
{
    private const int MostGroups = 12;

    public static void Add(UploadFindings findings, string file, AdapterOutline adapter, AdapterCoverage coverage, UploadOptions options)
    {
        var declared = options.Base!;
        var total = adapter.Modules.Count + coverage.Replaced.Count + coverage.Reshaped.Count;
        var severity = FindingSeverity.Warning;
        if (coverage.Verdict == CoverageVerdict.None)
        {
            severity = FindingSeverity.Note;
            findings.Refuse(
                file, $"nothing in it fits the base model {declared.Name}: it was made for another base", WrongBaseAdvice(adapter, declared, options),
                expected: Describe(declared.Map), found: $"{total} {(total == 1 ? "module" : "modules")}, none of which fits");
        }
        else if (coverage.Verdict == CoverageVerdict.Some)
        {
            findings.Warn(
                file, $"only a part of it fits the base model {declared.Name}", "Where it does not fit it does nothing. Make sure that this is the base it was trained on.",
                expected: $"all {total} modules", found: $"{coverage.Bound.Count + coverage.Replaced.Count}");
        }

        foreach (var group in Group(coverage.Misfits).Take(MostGroups))
            findings.Add(new InspectionFinding(severity, file, group.Subject, group.Problem, group.Expected, group.Found, $"The base is {declared.Name}."));
        if (coverage.Added.Count > 0)
            findings.Note(
                file, "it brings whole tensors for which the base has none, such as a head of its own", "They are kept; a program that uses them must have that module.",
                found: string.Join(", ", coverage.Added.Take(5)));
        if (coverage.PrefixShift is { } shift)
            findings.Note(file, "its module paths differ from the base's by their first part, as transformers allows", "Nothing needs doing.", found: shift);
    }

    private static string WrongBaseAdvice(AdapterOutline adapter, BaseModelChoice declared, UploadOptions options)
    {
        var fitting = options.OtherBases?.Invoke().Where(other => other.Name != declared.Name && AdapterCoverage.Of(adapter, other.Map).Verdict == CoverageVerdict.All)
            .Select(other => other.Name).Take(3).ToList() ?? [];
        if (fitting.Count > 0)
            return $"It fits {string.Join(" and ", fitting)}: choose that as its base.";
        return adapter.Config.BaseModelNameOrPath is { Length: > 0 } named && named != declared.Name
            ? $"Its config names {named}: choose that as its base, or upload that base model first."
            : "Choose the base model that it was trained on, or upload that one first.";
    }

    private static IEnumerable<(string Subject, string Problem, string? Expected, string? Found)> Group(IEnumerable<CoverageMisfit> misfits) =>
        from misfit in misfits
        group misfit by (Leaf: ModulePath.Leaf(misfit.Path), misfit.Reason, misfit.Problem, misfit.Expected, misfit.Found) into alike
        let first = alike.First().Path
        let count = alike.Count()
        select (count == 1 ? first : string.Create(CultureInfo.InvariantCulture, $"{first} and {count - 1} more {alike.Key.Leaf}"),
            alike.Key.Problem, alike.Key.Expected, alike.Key.Found);

    /// <summary>Such as <c>llama with model.layers.0.mlp.down_proj (832 in, 288 out)</c>.</summary>
    private static string Describe(BaseTensorMap map)
    {
        var sample = map.Modules.Values.Where(module => module.IsAdaptable).OrderBy(module => module.Path, CodePointComparer.Instance).FirstOrDefault();
        return $"{map.ModelType ?? "a model"}{(sample is null ? "" : string.Create(CultureInfo.InvariantCulture, $" with {sample.Path} ({sample.Inputs} in, {sample.Outputs} out)"))}";
    }
}
