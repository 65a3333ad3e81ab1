using AdapterHub.Engine.Blending;
using AdapterHub.Engine.Blending.Interference;
using AdapterHub.Formats;
using AdapterHub.Protocol.Runs;
using AdapterHub.Torch;

namespace AdapterHub.Worker.Runs;

/// <summary>Blends adapters and writes the blend with its recipe.</summary>
internal sealed class BlendExecution(RunLog log, BaseModels bases)
{
    public RunEvent Run(BlendSpec spec, CancellationToken stop)
    {
        var isWritten = spec.Output.Length > 0;
        if (isWritten)
            OutputFolder.Check(spec.Output, spec.Overwrite, "Give another --out, or --overwrite.");
        var start = log.Time.GetTimestamp();
        var places = new NamedFolders(bases, spec.Folders);
        var recipe = BlendParents.Load(BlendRecipes.Read(spec), places.Find, stop);
        recipe = BlendRecipes.NameBase(recipe, bases);
        using var baseModel = recipe.BaseModel is { } model ? BaseWeights.Open(places.Resolve(model.Name)) : null;
        if (spec.Report)
        {
            log.Phase($"comparing {recipe.Parents.Length} adapters");
            log.Add(InterferenceEvents.Of(InterferenceMeasurement.Run(recipe, baseModel, cancellation: stop)));
        }

        if (spec.Learn is not null)
            recipe = new WeightLearningExecution(log, bases).Run(recipe, spec, stop);
        log.Phase($"blending {recipe.Parents.Length} adapters");
        var done = Blend(recipe, baseModel, spec.Device, stop);
        foreach (var warning in done.Report.Warnings)
            log.Warn(warning);
        var report = done.Report;
        log.Add(new BlendMeasured(report.Method.Name(), report.IsExact, report.RelativeError, [.. report.ErrorCurve().Select(point => new RankLoss(point.Rank, point.RelativeError))]));
        var proof = spec.Prove ? new BlendProving(log, places).Run(spec, done) : null;
        if (isWritten)
            Write(spec, done, proof);
        return log.Add(Finished(done, spec.Output, log.Time.GetElapsedTime(start).TotalSeconds));
    }

    private static void Write(BlendSpec spec, BlendResult.Done done, BlendProof? proof)
    {
        BlendFolder.Write(spec.Output, done);
        new BlendCard
        {
            Title = spec.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(spec.Output))),
            Recipe = done.Recipe,
            Report = done.Report,
            BaseModel = spec.Base is { } named && !Directory.Exists(named) ? named : done.Adapter.Config.BaseModelNameOrPath,
            Description = spec.Description,
            License = spec.License,
            Proof = proof,
        }.Write(spec.Output);
    }

    private static BlendResult.Done Blend(BlendRecipe recipe, BaseWeights? baseModel, string device, CancellationToken stop)
    {
        Device? place = recipe.Method == BlendMethod.Exact ? null : ComputePlace.FindDevice(device);
        return Engine.Blending.Blend.Run(recipe, place, baseModel, cancellation: stop) switch
        {
            BlendResult.Done done => done,
            BlendResult.Refused refused => throw new AdapterFormatException("the blend", refused.Reasons),
            var other => throw new NotSupportedException($"No meaning for {other}."),
        };
    }

    private static BlendFinished Finished(BlendResult.Done done, string output, double seconds)
    {
        var report = done.Report;
        return new BlendFinished
        {
            Output = output,
            Method = report.Method.Name(),
            IsExact = report.IsExact,
            RelativeError = report.RelativeError,
            Worst = report.IsExact ? null : report.Worst.Path,
            WorstRelativeError = report.IsExact ? 0 : report.Worst.RelativeError,
            Modules = report.Modules.Length,
            SmallestRank = report.Modules.Min(module => module.Rank),
            LargestRank = report.Modules.Max(module => module.Rank),
            Parameters = done.Adapter.Modules.Sum(module => module.A.Count + module.B.Count + (module.BiasB?.Count ?? 0)),
            OutputBytes = output.Length > 0 ? OutputFolder.Size(output) : 0,
            Seconds = seconds,
        };
    }
}
