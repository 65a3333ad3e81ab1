using AdapterHub.Protocol.Runs;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>Says what is wrong with a spec in terms of the flags that a person typed.</summary>
internal static class SettingFlags
{
    /// <summary>Settings whose flag is not their own name in kebab-case.</summary>
    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["output"] = "--out",
        ["adapters"] = "--adapter",
        ["saveDType"] = "--save-dtype",
        ["shardMebibytes"] = "--shard-mib",
        ["dType"] = "--dtype",
        ["batchSize"] = "--batch",
        ["sequenceLength"] = "--seq",
        ["data.files"] = "--data",
        ["data.evaluationFiles"] = "--eval-data",
        ["data.evaluationFraction"] = "--eval-fraction",
        ["learn.data.files"] = "--learn",
        ["learn.data.evaluationFiles"] = "--eval-data",
        ["learn.data.evaluationFraction"] = "--eval-fraction",
        ["learn.learningRate"] = "--learn-rate",
        ["learn.batchSize"] = "--learn-batch",
        ["learn.sequenceLength"] = "--learn-seq",
        ["learn.steps"] = "--learn-steps",
        ["lora.rankStabilised"] = "--rslora",
        ["lora.bias"] = "--lora-bias",
        ["loop.learningRate"] = "--lr",
        ["loop.floor"] = "--lr-floor",
        ["loop.clipNorm"] = "--clip",
        ["loop.batchSize"] = "--batch",
        ["loop.sequenceLength"] = "--seq",
        ["loop.dType"] = "--dtype",
        ["loop.evaluateEvery"] = "--eval-every",
        ["loop.evaluationBatches"] = "--eval-batches",
        ["loop.samples"] = "--sample",
    };

    /// <exception cref="RunInputException">Every setting that cannot be, a line each.</exception>
    public static T Checked<T>(T spec) where T : RunSpec
    {
        var findings = RunSpecRules.Check(spec);
        return findings.Count == 0 ? spec : throw new RunInputException(string.Join('\n', findings.Select(finding => $"{Name(finding.Setting)} {finding.Problem}.")));
    }

    public static string Name(string setting)
    {
        if (Short.TryGetValue(setting, out var flag))
            return flag;
        var last = setting[(setting.LastIndexOf('.') + 1)..];
        return "--" + string.Concat(last.Select(c => char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{c}"));
    }
}
