using System.Text.Json;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Components.Runs;

/// <summary>What a run's events add up to: its curves, samples and log. Fed with the stored ones first and with each new one after them.</summary>
public sealed class RunStory
{
    public static readonly string[] Metrics = ["loss", "learningRate", "gradientNorm", "tokensPerSecond", "memoryBytes", "gpuUtilization", "heldOut.loss", "heldOut.perplexity"];

    /// <summary>Points kept of one curve; beyond them it is thinned, extremes stay.</summary>
    private const int MostPoints = 4000;
    private const int MostLines = 500;
    private readonly Dictionary<string, List<MetricPoint>> _curves = Metrics.ToDictionary(name => name, _ => new List<MetricPoint>(), StringComparer.Ordinal);
    private readonly Queue<RunEvent> _log = new();

    /// <summary>Raised when curves changed, so that they are drawn anew only then.</summary>
    public int Version { get; private set; }

    /// <summary>The newest event's number: where a watcher goes on.</summary>
    public long LastNumber { get; set; }

    public StepTaken? Step { get; private set; }

    public double? SecondsLeft { get; private set; }

    public string? Phase { get; private set; }

    public TrainingStarted? Started { get; private set; }

    /// <summary>What an evaluation came to.</summary>
    public EvaluationFinished? Evaluated { get; private set; }

    /// <summary>Measurements with samples, by step; that of step 0 is the base model's.</summary>
    public SortedDictionary<int, HeldOutMeasured> Samples { get; } = [];

    public IReadOnlyCollection<RunEvent> Log => _log;

    public IReadOnlyList<MetricPoint> Curve(string name) => _curves[name];

    public static RunEvent? Parse(RunEventView view)
    {
        try
        {
            return JsonSerializer.Deserialize(view.Json, ProtocolJson.Default.RunEvent);
        }
        catch (JsonException)
        {
            // Of a newer worker: a kind that this hub does not know.
            return null;
        }
    }

    public void Load(IReadOnlyList<MetricSeries> series)
    {
        foreach (var one in series)
            _curves[one.Name] = [.. one.Points];
        Version++;
    }

    /// <summary>An event that the curves know already changes nothing in them.</summary>
    public void Add(RunEvent happened)
    {
        LastNumber = Math.Max(LastNumber, happened.Number);
        switch (happened)
        {
            case StepTaken step:
                AddStep(step);
                return;
            case HeldOutMeasured measured:
                Append("heldOut.loss", measured.Step, measured.Loss);
                Append("heldOut.perplexity", measured.Step, measured.Perplexity);
                if (measured.Samples.Count > 0)
                    Samples[measured.Step] = measured;
                break;
            case TrainingStarted started:
                (Started, Phase) = (started, null);
                break;
            case EvaluationFinished evaluated:
                (Evaluated, Phase) = (evaluated, null);
                break;
            case PhaseEntered phase:
                Phase = phase.Phase;
                break;
        }

        _log.Enqueue(happened);
        if (_log.Count > MostLines)
            _log.Dequeue();
    }

    private void AddStep(StepTaken step)
    {
        (Step, Phase) = (step, null);
        SecondsLeft = step.SecondsLeft ?? SecondsLeft;
        Append("loss", step.Step, step.Loss);
        Append("learningRate", step.Step, step.LearningRate);
        Append("gradientNorm", step.Step, step.GradientNorm);
        Append("tokensPerSecond", step.Step, step.TokensPerSecond);
        Append("memoryBytes", step.Step, step.MemoryBytes);
        Append("gpuUtilization", step.Step, step.GpuUtilization);
    }

    private void Append(string name, int step, double? value)
    {
        var curve = _curves[name];
        if (value is not { } number || (curve.Count > 0 && curve[^1].Step >= step))
            return;
        curve.Add(new MetricPoint(step, number));
        if (curve.Count > MostPoints)
            _curves[name] = [.. Downsampling.Thin(curve, MostPoints / 2)];
        Version++;
    }
}
