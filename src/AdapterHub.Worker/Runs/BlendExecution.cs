using AdapterHub.Engine.Blending;
using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Runs;

/// <summary>Blends adapters and writes the blend with its recipe.</summary>
internal sealed class BlendExecution(RunLog log)
{
    public RunEvent Run(BlendSpec spec, CancellationToken stop)
    {
        OutputFolder.Check(spec.Output, spec.Overwrite, "Give another --out, or --overwrite.");
        var start = log.Time.GetTimestamp();
        var recipe = ReadRecipe(spec);
        log.Phase($"blending {recipe.Parents.Length} adapters");
        var result = Blend.Run(recipe, recipe.Method == BlendMethod.LowRank ? ComputePlace.FindDevice(spec.Device) : null, cancellation: stop);
        if (result is not BlendResult.Done done)
            throw new AdapterFormatException("the blend", ((BlendResult.Refused)result).Reasons);
        foreach (var warning in done.Report.Warnings)
            log.Warn(warning);
        BlendFolder.Write(spec.Output, done);

        var modules = done.Report.Modules;
        return log.Add(new BlendFinished
        {
            Output = spec.Output,
            IsExact = done.Report.IsExact,
            RelativeError = done.Report.RelativeError,
            Worst = done.Report.IsExact ? null : done.Report.Worst.Path,
            WorstRelativeError = done.Report.IsExact ? 0 : done.Report.Worst.RelativeError,
            Modules = modules.Length,
            SmallestRank = modules.Min(module => module.Rank),
            LargestRank = modules.Max(module => module.Rank),
            Parameters = done.Adapter.Modules.Sum(module => module.A.Count + module.B.Count + (module.BiasB?.Count ?? 0)),
            OutputBytes = OutputFolder.Size(spec.Output),
            Seconds = log.Time.GetElapsedTime(start).TotalSeconds,
        });
    }

    private static BlendRecipe ReadRecipe(BlendSpec spec)
    {
        if (spec.Recipe is { } file)
            return BlendRecipeJson.Read(file);
        return new BlendRecipe
        {
            Parents = [.. spec.Adapters.Select(adapter => BlendParent.FromFolder(adapter.Path, adapter.Weight))],
            Method = spec.Rank is null ? BlendMethod.Exact : BlendMethod.LowRank,
            Rank = spec.Rank,
            Dtype = spec.DType switch { "bf16" => SafetensorsDtype.BF16, "f16" => SafetensorsDtype.F16, _ => SafetensorsDtype.F32 },
            SavedModulesFrom = spec.SavedModulesFrom - 1,
        };
    }
}
