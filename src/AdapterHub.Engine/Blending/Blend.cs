using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending;

/// <summary>
/// Adds adapters up by weight. The change of each layer becomes sum w_i s_i B_i A_i, s_i being the scale that parent i itself applies there
/// (alpha / r, or alpha / sqrt r, patterns included), and the blend applies it with scale 1. The (out, in) product is never formed.
/// </summary>
public static class Blend
{
    /// <summary>Loads the parents and blends them.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="device">Where a low-rank blend computes; the CPU if null. An exact blend needs no libtorch.</param>
    /// <param name="progress">Told of every module when it is done.</param>
    /// <param name="cancellation">Looked at between parents and between modules.</param>
    /// <exception cref="AdapterFormatException">A parent is no adapter, or not the one the recipe names.</exception>
    /// <exception cref="TorchException">libtorch failed, for want of memory perhaps.</exception>
    public static BlendResult Run(
        BlendRecipe recipe, Device? device = null, IProgress<BlendedModule>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        if (!recipe.Parents.IsDefaultOrEmpty)
            recipe = BlendParents.Load(recipe, cancellation: cancellation);
        if (BlendCheck.Run(recipe) is { IsEmpty: false } reasons)
            return new BlendResult.Refused(reasons);

        var layers = Layers(recipe);
        if (layers.Count == 0)
            return Refuse(null, "every parent's scale is 0, so the blend would change nothing");
        var run = new Execution(recipe, layers, device ?? Device.Cpu);
        foreach (var layer in layers)
        {
            cancellation.ThrowIfCancellationRequested();
            var module = run.Blend(layer);
            progress?.Report(module);
        }

        return run.Finish();
    }

    /// <summary>The shares of each layer that anything changes, by path, in the order of the parents.</summary>
    private static List<IGrouping<string, Share>> Layers(BlendRecipe recipe)
    {
        var shares = from parent in recipe.Contributing
                     from module in recipe.Parents[parent].Adapter!.Modules
                     let k = recipe.Parents[parent].Weight * module.Scale
                     where k != 0
                     select new Share(parent, k, module);
        return [.. shares.GroupBy(share => share.Module.Path, StringComparer.Ordinal).OrderBy(layer => layer.Key, StringComparer.Ordinal)];
    }

    private static BlendResult.Refused Refuse(string? about, string problem, string? expected = null) => new([new FormatFinding(about, problem, expected)]);

    private sealed class Execution(BlendRecipe recipe, List<IGrouping<string, Share>> layers, Device device)
    {
        private readonly bool _biases = layers.Any(layer => layer.Any(share => share.Module.BiasB is not null));
        private readonly Dictionary<string, BlendedModule> _reports = new(StringComparer.Ordinal);
        private readonly List<LoraModule> _modules = [];

        public BlendedModule Blend(IGrouping<string, Share> layer)
        {
            var shares = layer.ToList();
            var sum = StackedFactors.Stack(shares);
            var report = new BlendedModule
            {
                Path = layer.Key,
                Parents = [.. shares.Select(share => share.Parent)],
                Rank = sum.Rank,
                StackedRank = sum.Rank,
            };
            var kept = sum;
            if (recipe.Method == BlendMethod.LowRank)
            {
                (kept, var values) = LowRank.Truncate(sum, recipe.Rank!.Value, device);
                report = report with { Rank = kept.Rank, SingularValues = [.. values] };
                report = report with { Norm = report.Tail(0) };
                report = report with { RelativeError = kept.Rank == sum.Rank ? 0 : report.ErrorAt(kept.Rank) };
            }

            var like = shares[0].Module;
            // Where one layer has a bias, PEFT's lora_bias gives one to all; embeddings have none.
            var bias = _biases && like.Kind != LoraModuleKind.Embedding ? StackedFactors.SumBiases(shares, always: true, recipe.Dtype) : null;
            var module = kept.ToModule(like, bias, shares.Any(share => share.Module.FanInFanOut), recipe.Dtype);
            if (recipe.Dtype != SafetensorsDtype.F32)
            {
                var (distance, norm) = LowRank.Compare(sum, sum.Reread(module));
                report = report with { Norm = norm, RelativeError = norm > 0 ? distance / norm : 0 };
            }

            _modules.Add(module);
            _reports.Add(layer.Key, report);
            return report;
        }

        public BlendResult Finish()
        {
            var fanInFanOut = _modules.Any(module => module.FanInFanOut);
            var (config, modules) = BlendConfig.Describe(recipe, [.. _modules.Select(module => module with { FanInFanOut = fanInFanOut })]);
            var reasons = new List<FormatFinding>();
            var adapter = new LoraAdapter { Config = config, Modules = modules, SavedModules = SavedTensors.Keep(recipe, modules, reasons) };
            if (config.ModulesToSave.Length > 0)
                reasons.AddRange(FindTornLayers(config, modules));
            reasons.AddRange(adapter.FindNonFinite().Select(finding => finding with { Problem = $"the weighted sum does not fit into {recipe.Dtype.FileName()}" }));
            return reasons.Count == 0
                ? new BlendResult.Done(adapter, recipe, new BlendReport
                {
                    Modules = [.. modules.Select(module => _reports[module.Path])],
                    Warnings = [.. BlendConfig.Warnings(recipe, modules)],
                })
                : new BlendResult.Refused([.. reasons]);
        }

        private static IEnumerable<FormatFinding> FindTornLayers(PeftConfig config, IEnumerable<LoraModule> modules)
        {
            var matcher = new TargetModuleMatcher(config);
            return from module in modules
                   where matcher.IsSaved(module.Path)
                   select new FormatFinding(module.Path, "one parent replaces this layer whole and another one changes it by factors; no adapter can do both");
        }
    }
}
