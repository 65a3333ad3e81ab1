using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Engine.Lora;

/// <summary>Chooses the modules of a model that PEFT's rules name.</summary>
internal static class TargetSelection
{
    internal static List<string> Choose(CausalModel model, PeftConfig config, TargetModuleMatcher matcher)
    {
        var candidates = model.Linears.Keys.Select(path => new ModuleCandidate(path, IsLinear: true, IsOutputHead: path == WeightNames.Head))
            .Concat(model.Embeddings.Keys.Select(path => new ModuleCandidate(path, IsLinear: false)))
            .ToList();
        var chosen = matcher.Select(candidates).Select(candidate => candidate.Path).ToList();
        var findings = new List<FormatFinding>();
        foreach (var name in config.TargetModules?.Names ?? [])
            if (!candidates.Any(candidate => candidate.Path == name || candidate.Path.EndsWith("." + name, StringComparison.Ordinal)))
                findings.Add(new FormatFinding(name, $"is no module of this model; it has {Endings(candidates)}"));
        if (chosen.Count == 0 && findings.Count == 0)
            findings.Add(new FormatFinding(null, $"target_modules '{config.TargetModules}' match no module of this model; it has {Endings(candidates)}"));
        findings.AddRange(chosen.Where(path => matcher.GetRank(path) <= 0)
            .Select(path => new FormatFinding(path, "has a rank that is not positive", "1 or more", $"{matcher.GetRank(path)}")));
        return findings.Count == 0 ? chosen : throw new AdapterFormatException("the adapter's settings", findings);
    }

    private static string Endings(IEnumerable<ModuleCandidate> candidates) =>
        string.Join(", ", candidates.Select(candidate => candidate.Path[(candidate.Path.LastIndexOf('.') + 1)..]).Distinct(StringComparer.Ordinal));
}
