using AdapterHub.Engine.Models;
using AdapterHub.Engine.Training;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Sizing;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Training;

/// <summary>A tiny model, real text and a folder that go away with their test.</summary>
internal sealed class TrainingRig : IDisposable
{
    public const int Vocabulary = 128;

    /// <summary>The opening of "Pride and Prejudice" (Jane Austen, 1813; public domain).</summary>
    public const string Text = """
        It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want of a wife.

        However little known the feelings or views of such a man may be on his first entering a neighbourhood, this truth is so well fixed in the minds
        of the surrounding families, that he is considered as the rightful property of some one or other of their daughters.

        "My dear Mr. Bennet," said his lady to him one day, "have you heard that Netherfield Park is let at last?" Mr. Bennet replied that he had not.
        "But it is," returned she; "for Mrs. Long has just been here, and she told me all about it." Mr. Bennet made no answer. "Do not you want to know
        who has taken it?" cried his wife impatiently. "You want to tell me, and I have no objection to hearing it." This was invitation enough.
        """;

    public static ModelConfig Config { get; } = new()
    {
        ModelType = "llama",
        HiddenSize = 32,
        IntermediateSize = 64,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = 8,
        VocabularySize = Vocabulary,
        ContextLength = 64,
        TieWordEmbeddings = true,
        // Tied rows this long give logits far enough apart for an adapter alone to learn letters.
        InitializerRange = 0.2,
    };

    private readonly Lazy<CausalModel> _model;

    public TrainingRig()
    {
        Folder = Directory.CreateTempSubdirectory("adapterhub-training-").FullName;
        _model = new Lazy<CausalModel>(MakeFrozen);
    }

    public string Folder { get; }

    public string Output => Path.Combine(Folder, "out");

    /// <summary>Frozen, with the same random weights in every rig.</summary>
    public CausalModel Model => _model.Value;

    public static TrainingOptions Options { get; } = new() { LearningRate = 5e-3, Steps = 12, BatchSize = 2, EvaluateEvery = 4, WarmupSteps = 2, Seed = 7 };

    /// <summary>One id a character; documents are paragraphs of the text, repeated.</summary>
    public static IRowSource Rows(int sequence = 32, ulong seed = 3, int copies = 1) =>
        new SequencePacker(Documents(copies), new PackingOptions(sequence) { Seed = seed });

    public static ExampleList Documents(int copies = 1) => ExampleList.From(Enumerable.Repeat(Text, copies).SelectMany(text => text.Split("\n\n")).Select(Tokens));

    public static CausalModel MakeTrainable(ModelConfig? config = null) => CausalModel.Create(config ?? Config, Device.Cpu, DType.Float32, seed: 5);

    public AdapterTarget Adapter(double dropout = 0, int rank = 4) => AdapterTarget.Fresh(
        Model, new PeftConfig { Rank = rank, LoraAlpha = 8, LoraDropout = dropout, TargetModules = ModuleSelection.AllLinear }, seed: 11, "tiny");

    public void Dispose()
    {
        if (_model.IsValueCreated)
            _model.Value.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static TokenizedExample Tokens(string text)
    {
        int[] tokens = [.. text.Select(character => character & 127), 0];
        return new TokenizedExample(tokens, [.. tokens.Select(_ => true)]);
    }

    private CausalModel MakeFrozen()
    {
        var folder = Path.Combine(Folder, "base");
        using (var fresh = MakeTrainable())
            fresh.Save(folder, DType.Float32);
        return CausalModel.Load(folder, Device.Cpu, DType.Float32);
    }
}

/// <summary>A target whose parts can be made to fail.</summary>
internal sealed class FaultyTarget(ITrainingTarget inner) : ITrainingTarget
{
    private int _losses;

    /// <summary>Replaces the loss of the n-th forward pass, from 1.</summary>
    public int? PoisonedPass { get; init; }

    /// <summary>The n-th forward pass, from 1, finds no memory.</summary>
    public int? StarvedPass { get; init; }

    /// <summary>Called in the place of saving.</summary>
    public Action<string>? OnSave { get; set; }

    public string Kind => inner.Kind;

    public Device Device => inner.Device;

    public IReadOnlyList<(string Name, Tensor Value)> Parameters => inner.Parameters;

    public long TotalParameters => inner.TotalParameters;

    public bool CheckpointActivations { get => inner.CheckpointActivations; set => inner.CheckpointActivations = value; }

    public bool IsTraining { get => inner.IsTraining; set => inner.IsTraining = value; }

    public IReadOnlyDictionary<string, string> Identity => inner.Identity;

    public MemoryEstimate? Estimate { get; init; }

    public MemoryEstimate EstimateMemory(int rows, int sequenceLength, bool checkpointActivations) =>
        Estimate ?? inner.EstimateMemory(rows, sequenceLength, checkpointActivations);

    public Tensor Loss(PackedInput input, Tensor labels, Tensor scale)
    {
        if (++_losses == StarvedPass)
            throw new TorchOutOfMemoryException("tried to allocate 1 TiB");
        var loss = inner.Loss(input, labels, scale);
        return _losses == PoisonedPass ? loss * double.NaN : loss;
    }

    public void Backward(Tensor loss) => inner.Backward(loss);

    public void Save(string folder)
    {
        if (OnSave is not null)
            OnSave(folder);
        else
            inner.Save(folder);
    }
}
