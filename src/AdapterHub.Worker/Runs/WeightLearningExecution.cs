using System.Collections.Immutable;
using AdapterHub.Engine.Blending.Learning;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Protocol.Runs;
using AdapterHub.Worker.Text;

namespace AdapterHub.Worker.Runs;

/// <summary>Finds the weights of a blend from text.</summary>
internal sealed class WeightLearningExecution(RunLog log, BaseModels bases)
{
    /// <summary>Few weights are learnt, so much of the text can go into knowing what they are worth.</summary>
    private const double UsualShare = 0.2;

    private const int UsualSequence = 256;

    /// <summary>The recipe with the weights found and where they come from.</summary>
    /// <param name="recipe">With its parents in memory.</param>
    /// <param name="spec">With settings for learning.</param>
    /// <param name="stop">Ends it between two steps.</param>
    public BlendRecipe Run(BlendRecipe recipe, BlendSpec spec, CancellationToken stop)
    {
        var settings = spec.Learn!;
        var loaded = new NamedFolders(bases, spec.Folders).OpenModel(spec.Base!);
        var corpus = new TextCorpus(loaded.Tokenizer, loaded.TokenizerPath, TextCorpus.FindEndOfText(loaded.Config, loaded.Tokenizer), settings.Data, log);
        var sequence = EvaluationExecution.Sequence(settings.SequenceLength ?? Math.Min(UsualSequence, loaded.Config.ContextLength), loaded.Config);
        var (training, heldOut) = Split(corpus, settings, sequence);
        var rows = new SequencePacker(training, new PackingOptions(sequence) { Seed = settings.Seed });
        var device = ComputePlace.FindDevice(spec.Device);
        log.Phase($"loading {loaded.Name} on {device}");
        using var model = loaded.LoadModel(device, ComputePlace.FindType(settings.DType, device));

        var names = recipe.Parents.Select(parent => parent.Name).ToList();
        var options = new WeightLearningOptions { Steps = settings.Steps, BatchSize = settings.BatchSize, LearningRate = settings.LearningRate, IsByLayer = settings.ByLayer };
        var learned = WeightLearner.Run(
            model, [.. recipe.Parents.Select(parent => parent.Adapter!)], rows,
            heldOut is null ? null : new SequencePacker(heldOut, new PackingOptions(sequence) { Shuffle = false }), options, log.Time, new StepLog(log, settings.Steps), stop);
        log.Add(ToEvent(learned, names));
        return recipe with
        {
            Parents = learned.Apply(recipe.Parents),
            Learning = new BlendLearning
            {
                BaseModel = spec.Base!, Documents = training.Digest, Steps = settings.Steps, Tokens = learned.Tokens, HeldOutLosses = Losses(learned.HeldOut, names),
            },
        };
    }

    private (ITokenDocuments Training, ITokenDocuments? HeldOut) Split(TextCorpus corpus, WeightLearningSettings settings, int sequence)
    {
        var reader = corpus.Open(settings.Data.Files);
        var evaluation = settings.Data.EvaluationFiles.Count > 0 ? corpus.Open(settings.Data.EvaluationFiles) : null;
        var documents = corpus.Load(reader, "reading the text");
        if (evaluation is not null)
            return (documents, corpus.Load(evaluation, "reading the held-out text"));
        try
        {
            var split = HeldOutSplit.Split(documents, settings.Data.EvaluationFraction ?? UsualShare, settings.Seed, sequence);
            return (split.Training, split.HeldOut);
        }
        catch (DatasetException) when (settings.Data.EvaluationFraction is null)
        {
            log.Warn($"the text is too short to hold a part of it out ({documents.TokenCount} tokens); nothing says how well the weights do on other text");
            return (documents, null);
        }
    }

    private static WeightsLearned ToEvent(LearnedWeights learned, List<string> names) => new()
    {
        Adapters = names,
        Weights = learned.Weights,
        Layers = [.. learned.Layers.Select(layer => new LayerLearned(layer.Layer, layer.Weights))],
        HeldOut = learned.HeldOut is { } losses ? new HeldOutLosses(losses.Base, losses.Adapters, losses.Uniform, losses.Learned) : null,
        Tokens = learned.Tokens,
        Seconds = learned.Seconds,
    };

    /// <summary>Six digits, by what was measured; parents that share a name are told apart by their places.</summary>
    private static ImmutableSortedDictionary<string, double> Losses(LearningLosses? losses, List<string> names)
    {
        var all = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        if (losses is null)
            return all.ToImmutable();
        all["base"] = Math.Round(losses.Base, 6);
        all["uniform"] = Math.Round(losses.Uniform, 6);
        all["learned"] = Math.Round(losses.Learned, 6);
        foreach (var (place, name) in names.Index())
            all[$"parent {place + 1}: {name}"] = Math.Round(losses.Adapters[place], 6);
        return all.ToImmutable();
    }

    /// <summary>On the learning thread, in order.</summary>
    private sealed class StepLog(RunLog log, int steps) : IProgress<LearningPoint>
    {
        public void Report(LearningPoint value)
        {
            log.Phase("learning weights", (double)value.Step / steps);
            log.Add(new WeightsStep(value.Step, steps, value.Loss, value.Weights));
        }
    }
}
