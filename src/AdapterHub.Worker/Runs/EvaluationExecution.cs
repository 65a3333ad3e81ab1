using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Protocol.Runs;
using AdapterHub.Torch;
using AdapterHub.Worker.Text;

namespace AdapterHub.Worker.Runs;

/// <summary>Measures perplexity: file by file, then over all tokens.</summary>
internal sealed class EvaluationExecution(RunLog log, BaseModels bases)
{
    /// <summary>Rows no longer than this by default: attention over more costs memory without changing the figure much.</summary>
    public const int DefaultSequence = 512;

    public RunEvent Run(EvaluateSpec spec, CancellationToken stop)
    {
        var start = log.Time.GetTimestamp();
        var loaded = ModelFolder.Open(bases, spec.Base);
        var corpus = new TextCorpus(loaded.Tokenizer, loaded.TokenizerPath, TextCorpus.FindEndOfText(loaded.Config, loaded.Tokenizer), spec.Data, log);
        var files = corpus.Open(spec.Data.Files).Files;
        var adapter = WeightedAdapters.Load(spec.Adapters);
        var sequence = Sequence(spec.SequenceLength, loaded.Config);

        var device = ComputePlace.FindDevice(spec.Device);
        log.Phase($"loading {loaded.Name} on {device}");
        using var model = loaded.LoadModel(device, ComputePlace.FindType(spec.DType, device));
        var rows = new Dictionary<string, SequencePacker>(StringComparer.Ordinal);
        var before = adapter is not null && spec.Compare ? MeasureAll("the base on ", isTold: false).Loss : (double?)null;
        using var binding = adapter is null ? null : LoraBinding.Bind(model, adapter);
        var (mean, all) = MeasureAll("", isTold: true);
        return log.Add(new EvaluationFinished(all, mean, Math.Exp(mean), log.Time.GetElapsedTime(start).TotalSeconds, before));

        (double Loss, long Tokens) MeasureAll(string what, bool isTold)
        {
            var (losses, tokens) = (0.0, 0L);
            foreach (var file in files)
            {
                stop.ThrowIfCancellationRequested();
                var (loss, count) = Measure(model, Read(file.Path), spec.BatchSize, share => log.Phase($"measuring {what}{file.Path}", share), stop);
                if (isTold)
                    log.Add(new FileMeasured(file.Path, count, loss / count, Math.Exp(loss / count)));
                (losses, tokens) = (losses + loss, tokens + count);
            }

            return (losses / tokens, tokens);
        }

        // Kept where they are read twice, for the base and for the adapter.
        SequencePacker Read(string path)
        {
            if (rows.Remove(path, out var read))
                return read;
            read = new SequencePacker(corpus.Load(corpus.Open([path]), $"reading {path}"), new PackingOptions(sequence) { Shuffle = false });
            if (adapter is not null && spec.Compare)
                rows.Add(path, read);
            return read;
        }
    }

    /// <exception cref="RunInputException">Longer than the model's context.</exception>
    public static int Sequence(int? asked, ModelConfig config)
    {
        if (asked > config.ContextLength)
            throw new RunInputException($"--seq {asked} is longer than the base model's context of {config.ContextLength}.");
        return asked ?? Math.Min(DefaultSequence, config.ContextLength);
    }

    private static (double Loss, long Tokens) Measure(CausalModel model, SequencePacker rows, int batchSize, Action<double> progress, CancellationToken stop)
    {
        var (loss, tokens, done) = (0.0, 0L, 0);
        var size = Math.Min(batchSize, rows.RowsPerEpoch);
        foreach (var batch in BatchStream.OnePass(rows, size))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            var input = new PackedInput(Upload(batch.InputIds), Upload(batch.Positions), Tensor.From<int>(batch.CumulativeLengths).To(model.Device), batch.LongestStretch);
            loss += model.TokenLosses(input, Upload(batch.Labels)).To(DType.Float64).Sum().Item();
            tokens += batch.LossTokens;
            progress(Math.Min(1, (double)(done += size) / rows.RowsPerEpoch));
        }

        return (loss, tokens);

        Tensor Upload(int[] values) => Tensor.From<long>(Array.ConvertAll(values, value => (long)value)).To(model.Device);
    }
}
