using AdapterHub.Engine.Training;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Runs;

/// <summary>A training run that is ready to begin, and what is done when it has ended.</summary>
internal sealed class PreparedTraining(Trainer trainer, Func<TrainingReport, RunEvent> complete, params IDisposable?[] parts) : IDisposable
{
    public Trainer Trainer => trainer;

    /// <summary>Writes the card, tidies up and reports the last event.</summary>
    public RunEvent Complete(TrainingReport report) => complete(report);

    public void Dispose()
    {
        foreach (var part in parts)
            part?.Dispose();
    }
}
