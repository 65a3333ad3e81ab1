using AdapterHub.Engine.Inference;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Engine.Training;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Protocol.Runs;
using AdapterHub.Torch;
using AdapterHub.Worker.Text;

namespace AdapterHub.Worker.Runs;

/// <summary>Trains adapters and base models. What is cheap to check is checked first; the output folder appears when training begins.</summary>
internal sealed class TrainingExecution(RunLog log, BaseModels bases)
{
    /// <summary>Tokens of a sample at a measurement.</summary>
    private const int SampleTokens = 64;

    private const string Remedy = "Give another --out, go on with --resume, or start over with --overwrite.";

    public RunEvent Train(TrainSpec spec, CancellationToken stop)
    {
        CausalModel? model = null;
        try
        {
            using var prepared = Prepare(spec, (loaded, device, type) => model = loaded.LoadModel(device, type));
            return prepared.Complete(prepared.Trainer.Run(spec.Resume, stop));
        }
        finally
        {
            model?.Dispose();
        }
    }

    /// <param name="spec">Of an adapter.</param>
    /// <param name="load">Gives the base, which the caller disposes of after the result.</param>
    public PreparedTraining Prepare(TrainSpec spec, Func<ModelFolder, Device, DType, CausalModel> load)
    {
        OutputFolder.Check(spec.Output, spec.Overwrite || spec.Resume, Remedy);
        var loaded = ModelFolder.Open(bases, spec.Base);
        var end = TextCorpus.FindEndOfText(loaded.Config, loaded.Tokenizer);
        var corpus = new TextCorpus(loaded.Tokenizer, loaded.TokenizerPath, end, spec.Data, log);
        var (reader, evaluationReader) = OpenText(corpus, spec.Data);
        var sequence = EvaluationExecution.Sequence(spec.Loop.SequenceLength, loaded.Config);

        var device = ComputePlace.FindDevice(spec.Device);
        RequireGraphDevice(spec.Loop, device);
        var text = TrainingText.Load(corpus, reader, evaluationReader, spec, sequence, log);
        var rows = new SequencePacker(text.Training, new PackingOptions(sequence) { Seed = spec.Loop.Seed });
        log.Phase($"loading {loaded.Name} on {device}");
        var model = load(loaded, device, ComputePlace.FindType(spec.Loop.DType, device));
        var target = AdapterTarget.Fresh(model, LoraConfigs.From(spec.Lora, model), spec.Loop.Seed, spec.BaseName ?? spec.Base, ComputePlace.FindType(spec.SaveDType, device));
        var options = LoopOptions.From(spec.Loop, TrainingDefaults.ForAdapter(loaded.Config.HiddenSize), rows, defaultEpochs: 3);
        return Prepare(spec, target, rows, text, options, Continuation(model, loaded.Tokenizer, spec.Loop.Seed),
            report => Card(spec, text, report, spec.BaseName ?? spec.Base).Write(spec.Output), target);
    }

    public RunEvent Pretrain(PretrainSpec spec, CancellationToken stop)
    {
        OutputFolder.Check(spec.Output, spec.Overwrite || spec.Resume, Remedy);
        if (!File.Exists(spec.Tokenizer))
            throw new RunInputException($"--tokenizer {spec.Tokenizer}: there is no such file; `adapterhub train-tokenizer` makes one.");
        var tokenizer = Tokenizer.Load(spec.Tokenizer);
        var config = ModelPresets.Resolve(spec.Config, tokenizer);
        var corpus = new TextCorpus(tokenizer, spec.Tokenizer, TextCorpus.FindEndOfText(config, tokenizer), spec.Data, log);
        var (reader, evaluationReader) = OpenText(corpus, spec.Data);
        var sequence = EvaluationExecution.Sequence(spec.Loop.SequenceLength, config);
        var device = ComputePlace.FindDevice(spec.Device);
        RequireGraphDevice(spec.Loop, device);

        var text = TrainingText.Load(corpus, reader, evaluationReader, spec, sequence, log);
        var rows = new WindowSampler([new MixtureComponent(text.Training)], sequence, spec.Loop.Seed);
        using var model = CausalModel.Create(config, device, ComputePlace.FindType(spec.Loop.DType, device), spec.Loop.Seed);
        var target = new ModelTarget(model, ComputePlace.FindType(spec.SaveDType, device), (long)spec.ShardMebibytes << 20);
        var options = LoopOptions.From(spec.Loop, TrainingDefaults.ForPretraining(config.HiddenSize), rows, defaultEpochs: 1);
        using var prepared = Prepare(spec, target, rows, text, options, Continuation(model, tokenizer, spec.Loop.Seed), report =>
        {
            TokenizerFiles.Write(spec.Output, tokenizer, config);
            Card(spec, text, report, null).Write(spec.Output);
        }, null);
        return prepared.Complete(prepared.Trainer.Run(spec.Resume, stop));
    }

    private static (DatasetReader Training, DatasetReader? Evaluation) OpenText(TextCorpus corpus, TextSource source) =>
        (corpus.Open(source.Files), source.EvaluationFiles.Count > 0 ? corpus.Open(source.EvaluationFiles) : null);

    private PreparedTraining Prepare(
        LearningSpec spec, ITrainingTarget target, IRowSource rows, TrainingText text, TrainingOptions options, Func<string, string> sample,
        Action<TrainingReport> complete, IDisposable? owned)
    {
        var checkpoints = Path.Combine(spec.Output, Trainer.CheckpointsName);
        if (spec.Overwrite && Directory.Exists(checkpoints))
            Directory.Delete(checkpoints, recursive: true);
        var events = new TrainingEventTranslation(log, target, text, options, rows.SequenceLength);
        var heldOut = text.HeldOut is null ? null : new SequencePacker(text.HeldOut, new PackingOptions(rows.SequenceLength) { Shuffle = false });
        var trainer = new Trainer(target, rows, heldOut, options, spec.Output) { Report = events.Add, Sample = sample, Time = log.Time };
        return new PreparedTraining(trainer, report =>
        {
            if (report.Outcome == TrainingOutcome.Cancelled)
                return log.Add(new RunInterrupted(report.Step, report.Checkpoint));
            complete(report);
            if (!spec.Loop.KeepCheckpoints && Directory.Exists(checkpoints))
                Directory.Delete(checkpoints, recursive: true);
            return log.Add(events.Finished(report, spec.Output));
        }, owned);
    }

    private static Func<string, string> Continuation(CausalModel model, Tokenizer tokenizer, ulong seed) => prompt =>
        new TextGeneration(model, tokenizer, new SamplingOptions { MaxNewTokens = SampleTokens, Seed = seed }).Complete(prompt);

    private static TrainingCard Card(LearningSpec spec, TrainingText text, TrainingReport report, string? baseModel) => new()
    {
        Title = spec.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(spec.Output))),
        Report = report,
        BaseModel = baseModel,
        Description = spec.Description,
        License = spec.License,
        DataSources = text.Sources,
    };

    private static void RequireGraphDevice(LoopSettings loop, Device device)
    {
        if (loop.Graph == "on" && !device.IsCuda)
            throw new RunInputException($"--graph on needs a GPU; the run is on {device}. Use --graph auto.");
    }
}
