using System.Globalization;

namespace AdapterHub.Protocol.Runs;

/// <summary>A setting that cannot be.</summary>
/// <param name="Setting">Its JSON path in the spec, such as "lora.rank".</param>
/// <param name="Problem">Follows the setting's name in a sentence: "must be at least 1; it is 0".</param>
public sealed record SpecFinding(string Setting, string Problem);

/// <summary>What can be said of a spec without opening a file: the one place for it, whether the spec came from a flag, a form or the wire.</summary>
public static class RunSpecRules
{
    private static readonly string[] DTypes = ["auto", "f32", "bf16", "f16"];
    private static readonly string[] SavedDTypes = ["f32", "bf16", "f16"];

    /// <summary>Every problem, in the order of the settings; empty where there is none.</summary>
    public static IReadOnlyList<SpecFinding> Check(RunSpec spec)
    {
        var rules = new SpecCheck();
        CheckDevice(rules, spec.Device);
        switch (spec)
        {
            case TrainSpec train:
                rules.NotEmpty("base", train.Base);
                rules.OneOf("saveDType", train.SaveDType, SavedDTypes);
                CheckLearning(rules, train);
                CheckLora(rules, train.Lora);
                break;
            case PretrainSpec pretrain:
                rules.NotEmpty("config", pretrain.Config);
                rules.NotEmpty("tokenizer", pretrain.Tokenizer);
                rules.OneOf("saveDType", pretrain.SaveDType, SavedDTypes);
                rules.AtLeast("shardMebibytes", pretrain.ShardMebibytes, 1);
                CheckLearning(rules, pretrain);
                break;
            case EvaluateSpec evaluate:
                rules.NotEmpty("base", evaluate.Base);
                CheckText(rules, evaluate.Data);
                CheckAdapters(rules, evaluate.Adapters);
                rules.AtLeast("sequenceLength", evaluate.SequenceLength, 2);
                rules.AtLeast("batchSize", evaluate.BatchSize, 1);
                rules.OneOf("dType", evaluate.DType, DTypes);
                break;
            case BlendSpec blend:
                CheckAdapters(rules, blend.Adapters);
                BlendRules.Check(rules, blend, SavedDTypes);
                BlendRules.CheckLearning(rules, blend, DTypes);
                break;
        }

        return rules.Findings;
    }

    private static void CheckLearning(SpecCheck rules, LearningSpec spec)
    {
        rules.NotEmpty("output", spec.Output);
        if (spec is { Overwrite: true, Resume: true })
            rules.Add("resume", "and overwrite contradict each other: one goes on, the other starts over");
        CheckText(rules, spec.Data);
        CheckLoop(rules, spec.Loop);
    }

    /// <param name="rules">Takes the findings.</param>
    /// <param name="data">The settings.</param>
    /// <param name="path">Where they stand in the spec.</param>
    internal static void CheckText(SpecCheck rules, TextSource data, string path = "data")
    {
        if (data.Files.Count == 0)
            rules.Add($"{path}.files", "must name at least one file");
        rules.Between($"{path}.evaluationFraction", data.EvaluationFraction ?? 0, 0, 0.5);
        if (data.EvaluationFiles.Count > 0 && data.EvaluationFraction is > 0)
            rules.Add($"{path}.evaluationFraction", "and held-out files contradict each other; give one");
        rules.OneOf($"{path}.split", data.Split, ["file", "paragraphs", "separator"]);
        if (data.Split == "separator")
            rules.NotEmpty($"{path}.separator", data.Separator);
        if (data.CsvDelimiter.Length != 1)
            rules.Add($"{path}.csvDelimiter", $"must be one character; it is \"{data.CsvDelimiter}\"");
    }

    private static void CheckLora(SpecCheck rules, LoraSettings lora)
    {
        rules.AtLeast("lora.rank", lora.Rank, 1);
        rules.Positive("lora.alpha", lora.Alpha);
        if (lora.Dropout is not (>= 0 and < 1))
            rules.Add("lora.dropout", string.Create(CultureInfo.InvariantCulture, $"must be at least 0 and below 1; it is {lora.Dropout}"));
        if (lora.Targets.Count == 0 || lora.Targets.Any(string.IsNullOrWhiteSpace))
            rules.Add("lora.targets", "must name modules, \"all-linear\" or a regular expression");
        foreach (var layer in lora.Layers)
            rules.AtLeast("lora.layers", layer, 0);
    }

    private static void CheckLoop(SpecCheck rules, LoopSettings loop)
    {
        rules.AtLeast("loop.steps", loop.Steps, 1);
        rules.AtLeast("loop.tokens", loop.Tokens, 1);
        rules.Positive("loop.epochs", loop.Epochs);
        rules.Positive("loop.learningRate", loop.LearningRate);
        rules.OneOf("loop.schedule", loop.Schedule, ["cosine", "linear", "constant"]);
        rules.AtLeast("loop.warmup", loop.Warmup, 0);
        rules.Between("loop.floor", loop.Floor, 0, 1);
        rules.NotNegative("loop.weightDecay", loop.WeightDecay);
        rules.NotNegative("loop.clipNorm", loop.ClipNorm);
        rules.AtLeast("loop.batchSize", loop.BatchSize, 1);
        rules.AtLeast("loop.accumulate", loop.Accumulate, 1);
        rules.AtLeast("loop.sequenceLength", loop.SequenceLength, 2);
        rules.OneOf("loop.dType", loop.DType, DTypes);
        rules.AtLeast("loop.evaluateEvery", loop.EvaluateEvery, 0);
        rules.AtLeast("loop.evaluationBatches", loop.EvaluationBatches, 1);
        rules.AtLeast("loop.checkpointEvery", loop.CheckpointEvery, 0);
        rules.AtLeast("loop.keep", loop.Keep, 1);
        rules.OneOf("loop.final", loop.Final, ["best", "last"]);
        rules.OneOf("loop.graph", loop.Graph, ["auto", "on", "off"]);
    }

    private static void CheckAdapters(SpecCheck rules, IReadOnlyList<WeightedAdapter> adapters)
    {
        foreach (var adapter in adapters)
        {
            rules.NotEmpty("adapters", adapter.Path);
            foreach (var weight in adapter.Layers.Select(layer => layer.Weight).Prepend(adapter.Weight))
            {
                if (!double.IsFinite(weight))
                    rules.Add("adapters", $"has the weight {weight.ToString(CultureInfo.InvariantCulture)} for {adapter.Path}; give a finite number");
            }
        }
    }

    private static void CheckDevice(SpecCheck rules, string device)
    {
        var isCuda = device.StartsWith("cuda:", StringComparison.OrdinalIgnoreCase)
            && int.TryParse(device.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (!isCuda && !SpecCheck.IsOneOf(device, ["auto", "cpu", "cuda"]))
            rules.Add("device", $"must be cpu, cuda, cuda:N or auto; it is \"{device}\"");
    }
}
