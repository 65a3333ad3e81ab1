using AdapterHub.Formats.Sizing;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Formatting;

namespace AdapterHub.Web.Runs;

/// <summary>What will probably go wrong with a run, in sentences that say what to do.</summary>
internal sealed class ForecastWarnings(TrainSpec settings, ForecastText text, ModelSizes? model, ForecastWorker? worker, RunForecast plan)
{
    /// <summary>Below so many tokens for each unit of rank an adapter tends to learn its text by heart.</summary>
    private const int FewTokensPerRank = 250;
    private const int ManyReadings = 20;

    public IEnumerable<string> List(long heldOut, MemoryEstimate? memory) => new[]
    {
        NoWorker(), NoMemory(memory), LongerThanContext(), Cut(), Short(), NothingHeldOut(heldOut), ReadOften(), NoTargets(),
    }.OfType<string>();

    private string? NoWorker() => worker is null
        ? settings.Device.StartsWith("cuda", StringComparison.OrdinalIgnoreCase) ? "No worker with a GPU is here now: the run waits until one comes." : "No worker is here now: the run waits until one comes."
        : null;

    private string? NoMemory(MemoryEstimate? memory)
    {
        if (memory is null || worker?.MemoryBytes is not { } has || plan.Memory is not (MemoryVerdict.Tight or MemoryVerdict.TooLarge))
            return null;
        var rest = plan.MemoryBytes!.Value - memory.Activations - memory.Head;
        var fitting = memory.FittingRows(MemoryEstimate.Tight * has - rest, plan.BatchSize);
        var advice = fitting >= 1 && fitting < plan.BatchSize ? $"Take {Display.Counted(fitting, "row")} at once and {Passes(fitting)} passes a step, which learns the same."
            : fitting >= 1 ? "Close other programs there."
            : rest > has ? "Even one short row is too much: take a smaller base model or another worker." : "Take shorter rows or a lower rank.";
        return plan.Memory == MemoryVerdict.TooLarge
            ? $"It does not fit: about {Display.Bytes(plan.MemoryBytes.Value)} are needed and {worker.Name} has {Display.Bytes(has)}. {advice}"
            : $"It may not fit: about {Display.Bytes(plan.MemoryBytes.Value)} of the {Display.Bytes(has)} that {worker.Name} has. {advice}";
    }

    private int Passes(int rows) => (plan.BatchSize * Math.Max(1, settings.Loop.Accumulate) + rows - 1) / rows;

    private string? LongerThanContext() => model is not null && plan.SequenceLength > model.Context
        ? $"Rows of {plan.SequenceLength} tokens are longer than the {model.Context} that this base was made to read: it does not know those places. Take {model.Context} or fewer."
        : null;

    private string? Cut()
    {
        var over = text.Lengths.Count(length => length > plan.SequenceLength);
        if (over == 0)
            return null;
        var longest = text.Lengths.Max();
        var room = model is not null && longest > model.Context ? "" : $" Tokens a row at {longest} would hold the longest.";
        return $"{Display.Share((double)over / text.Lengths.Count)} of the examples are longer than a row of {plan.SequenceLength} tokens: their ends are cut off and not learnt (the longest has {Display.Exact(longest)}).{room}";
    }

    private string? Short() => text.Tokens < (long)settings.Lora.Rank * FewTokensPerRank
        ? $"The text is short for rank {settings.Lora.Rank} ({(text.Basis == TokenBasis.Counted ? "" : "about ")}{Display.Exact(text.Tokens)} tokens): the adapter may learn it by heart. A lower rank or more text generalises better."
        : null;

    private string? NothingHeldOut(long heldOut) => heldOut > 0 || settings.Data.EvaluationFiles.Count > 0 ? null
        : settings.Data.EvaluationFraction is 0 ? "Nothing is held out, as asked: no measurement tells when it begins to learn by heart."
        : "The text is too short to hold a part of it out: only the training loss is measured, which says nothing of other texts.";

    private string? ReadOften() => plan.Readings > ManyReadings
        ? $"The text is read about {Math.Round(plan.Readings)} times: watch the held-out loss, it will probably rise."
        : null;

    private string? NoTargets() => plan.TrainedParameters == 0 ? $"No layer of this base is called {string.Join(" or ", settings.Lora.Targets)}: the run would have nothing to train." : null;
}
