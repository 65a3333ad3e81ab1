using AdapterHub.Engine.Blending.Methods;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending;

/// <summary>
/// Makes one adapter of several, layer by layer, so that no more than a layer a processor is in memory beside the adapters. The weighted sum of a layer is
/// sum w_i s_i B_i A_i, s_i being the scale that parent i itself applies there (alpha / r, or alpha / sqrt r, patterns included); the blend applies
/// what comes of it with scale 1.
/// </summary>
public static class Blend
{
    /// <summary>Loads the parents and blends them.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="device">Where large products are computed; the CPU if null. An exact blend needs no libtorch.</param>
    /// <param name="baseModel">For DoRA parents, the base that the recipe names; it stays the caller's.</param>
    /// <param name="progress">Told of every module when it is done.</param>
    /// <param name="cancellation">Looked at between parents and between modules.</param>
    /// <exception cref="AdapterFormatException">A parent is no adapter, or not the one the recipe names; or the base model is not.</exception>
    /// <exception cref="TorchException">libtorch failed, for want of memory perhaps.</exception>
    public static BlendResult Run(
        BlendRecipe recipe, Device? device = null, BaseWeights? baseModel = null, IProgress<BlendedModule>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        if (!recipe.Parents.IsDefaultOrEmpty)
            recipe = BlendParents.Load(recipe, cancellation: cancellation);
        if (BlendCheck.Run(recipe, baseModel is null ? null : baseModel.Problem) is { IsEmpty: false } reasons)
            return new BlendResult.Refused(reasons);
        if (baseModel is not null)
            recipe = BlendParents.Insist(recipe, baseModel);

        var layers = Share.ByLayer(recipe);
        if (layers.Count == 0)
            return new BlendResult.Refused([new FormatFinding(null, "every parent's weight or scale is 0 in every layer, so the blend would change nothing")]);
        var context = new BlendContext(recipe, device ?? Device.Cpu, baseModel);
        var run = new Execution(context, layers);
        foreach (var part in LayerThreads.Run(layers, run.Blend, context, cancellation))
        {
            run.Add(part);
            if (part is { } blended)
                progress?.Report(blended.Report);
        }

        return run.Finish();
    }

    private sealed class Execution(BlendContext context, List<IGrouping<string, Share>> layers)
    {
        private readonly BlendRecipe _recipe = context.Recipe;
        private readonly ModuleMethod _method = ModuleMethod.For(context);
        private readonly bool _biases = layers.Any(layer => layer.Any(share => share.Module.BiasB is not null));
        private readonly List<(LoraModule Module, BlendedModule Report)> _parts = [];

        /// <summary>Null where the layer was refused. Called on several threads.</summary>
        public (LoraModule Module, BlendedModule Report)? Blend(IGrouping<string, Share> layer)
        {
            var shares = layer.ToList();
            if (_method.Blend(shares) is not { } blend)
                return null;
            var like = shares[0].Module;
            var module = blend.Factors.ToModule(like, Bias(shares), shares.Any(share => share.Module.FanInFanOut), _recipe.Dtype) with { Magnitude = blend.Magnitude };
            var report = new BlendedModule
            {
                Path = layer.Key,
                Parents = [.. shares.Select(share => share.Parent)],
                Rank = module.Rank,
                StackedRank = blend.WholeRank,
                SingularValues = [.. blend.SingularValues],
                Norm = blend.SingularValues.Length > 0 ? BlendedModule.Tail(blend.SingularValues, 0) : null,
                RelativeError = blend.Error ?? 0,
            };
            if (_recipe.Dtype != SafetensorsDtype.F32 || blend.Error is null)
            {
                var (distance, norm) = blend.Compare(blend.Factors.Reread(module));
                report = report with { Norm = norm, RelativeError = norm > 0 ? distance / norm : 0 };
            }

            return (module, report);
        }

        public void Add((LoraModule Module, BlendedModule Report)? part)
        {
            if (part is { } blended)
                _parts.Add(blended);
        }

        public BlendResult Finish()
        {
            if (!context.Refusals.IsEmpty)
                return new BlendResult.Refused([.. context.Refusals.OrderBy(finding => finding.Tensor, StringComparer.Ordinal)]);
            var fanInFanOut = _parts.Any(part => part.Module.FanInFanOut);
            var (config, modules) = BlendConfig.Describe(_recipe, [.. _parts.Select(part => part.Module with { FanInFanOut = fanInFanOut })]);
            var reports = _parts.ToDictionary(part => part.Module.Path, part => part.Report, StringComparer.Ordinal);
            var reasons = new List<FormatFinding>();
            var adapter = new LoraAdapter { Config = config, Modules = modules, SavedModules = SavedTensors.Keep(_recipe, modules, reasons) };
            if (config.ModulesToSave.Length > 0)
                reasons.AddRange(FindTornLayers(config, modules));
            reasons.AddRange(adapter.FindNonFinite().Select(finding => finding with { Problem = $"the weighted sum does not fit into {_recipe.Dtype.FileName()}" }));
            return reasons.Count == 0
                ? new BlendResult.Done(adapter, _recipe, new BlendReport
                {
                    Method = _recipe.Method,
                    Modules = [.. modules.Select(module => reports[module.Path])],
                    Warnings = [.. BlendConfig.Warnings(_recipe, modules)],
                })
                : new BlendResult.Refused([.. reasons]);
        }

        /// <summary>Where one layer has a bias, PEFT's lora_bias gives one to all; embeddings have none.</summary>
        private AdapterTensor? Bias(List<Share> shares) => _biases && shares[0].Module.Kind != LoraModuleKind.Embedding
            ? AdapterTensor.FromSingles(Array.ConvertAll(_method.BlendBiases(shares), value => (float)value), [shares[0].Module.B.Shape[0]], _recipe.Dtype)
            : null;

        private static IEnumerable<FormatFinding> FindTornLayers(PeftConfig config, IEnumerable<LoraModule> modules)
        {
            var matcher = new TargetModuleMatcher(config);
            return from module in modules
                   where matcher.IsSaved(module.Path)
                   select new FormatFinding(module.Path, "one parent replaces this layer whole and another one changes it by factors; no adapter can do both");
        }
    }
}
