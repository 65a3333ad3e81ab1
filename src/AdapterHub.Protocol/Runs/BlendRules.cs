using System.Globalization;

namespace AdapterHub.Protocol.Runs;

/// <summary>What can be said of a blend's settings without opening an adapter.</summary>
internal static class BlendRules
{
    public static void Check(SpecCheck rules, BlendSpec blend, string[] dtypes)
    {
        if (!blend.Report && blend.Learn is null)
            rules.NotEmpty("output", blend.Output);
        if (blend.Recipe is null && blend.Adapters.Count == 0)
            rules.Add("adapters", "must name at least one adapter, or a recipe");
        if (blend.Recipe is not null && (blend.Adapters.Count > 0 || HasSettings(blend)))
            rules.Add("recipe", "decides the adapters, the method and the rest; leave those out");
        rules.AtLeast("rank", blend.Rank, 1);
        rules.OneOf("dType", blend.DType, dtypes);
        if (blend.SavedModulesFrom is { } place && (place < 1 || place > blend.Adapters.Count))
            rules.Add("savedModulesFrom", $"must be the place of one of the {blend.Adapters.Count} adapters, counted from 1; it is {place}");
        CheckMethod(rules, blend);
    }

    private static void CheckMethod(SpecCheck rules, BlendSpec blend)
    {
        var method = blend.Method?.Replace('-', '_').ToLowerInvariant();
        if (method is not null)
            rules.OneOf("method", method, [.. BlendSpec.Methods]);
        if (method is "exact" or "peft_linear" && blend.Rank is not null)
            rules.Add("rank", $"means nothing to {method}, which has the rank its adapters give it; leave it out or take another method");
        if (method is "low_rank" && blend.Rank is null)
            rules.Add("rank", "is what low_rank needs: the largest rank of the blend");
        if (blend.Density is not null && (method is null || !BlendSpec.PruningMethods.Contains(method)))
            rules.Add("density", $"means nothing to {method ?? "a weighted sum"}; it belongs to {string.Join(", ", BlendSpec.PruningMethods)}");
        else if (blend.Density is { } density && density is not (> 0 and <= 1))
            rules.Add("density", string.Create(CultureInfo.InvariantCulture, $"must be above 0 and at most 1; it is {density}"));
        rules.OneOf("majoritySign", blend.MajoritySign, ["total", "frequency"]);
        if (!double.IsFinite(blend.Scale) || blend.Scale == 0)
            rules.Add("scale", string.Create(CultureInfo.InvariantCulture, $"must be a finite number other than 0; it is {blend.Scale}"));
    }

    public static void CheckLearning(SpecCheck rules, BlendSpec blend, string[] dtypes)
    {
        if (blend.Learn is not { } learn)
            return;
        if (blend.Base is null)
            rules.Add("base", "is needed to learn weights: they are learnt on a base model");
        if (blend.Method?.Replace('-', '_').ToLowerInvariant() is not (null or "exact" or "low_rank" or "task_arithmetic"))
            rules.Add("method", $"must be a weighted sum where weights are learnt: exact, low_rank or task_arithmetic; it is \"{blend.Method}\"");
        if (blend.Scale != 1)
            rules.Add("scale", "must be 1 where weights are learnt");
        if (blend.Adapters.Any(adapter => adapter.Weight != 1 || adapter.Layers.Count > 0))
            rules.Add("adapters", "must have no weights where weights are learnt");
        RunSpecRules.CheckText(rules, learn.Data, "learn.data");
        rules.AtLeast("learn.steps", learn.Steps, 1);
        rules.AtLeast("learn.batchSize", learn.BatchSize, 1);
        rules.AtLeast("learn.sequenceLength", learn.SequenceLength, 2);
        rules.Positive("learn.learningRate", learn.LearningRate);
        rules.OneOf("learn.dType", learn.DType, dtypes);
    }

    private static bool HasSettings(BlendSpec blend) => blend is not
        { Method: null, Rank: null, Density: null, SavedModulesFrom: null, Base: null, Learn: null, Scale: 1, Seed: 0, MajoritySign: "total" };
}
