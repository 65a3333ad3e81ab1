using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Protocol.Inference;
using AdapterHub.Web.Inference;

namespace AdapterHub.Web.Components.Playground;

/// <summary>
/// The lanes of one page: asks for what is planned, in one request for all lanes that would write something else than they have. A newer plan ends what
/// is being written. When the engine dies, what was lost is asked for again by itself, once.
/// </summary>
public sealed class LaneWriting(LaneService lanes, Action changed) : IDisposable
{
    private const int Alternatives = 5;
    private CancellationTokenSource? _current;
    private Task _running = Task.CompletedTask;
    private int _turn;

    public IReadOnlyList<LaneColumn> Columns { get; private set; } = [];

    public bool IsWriting { get; private set; }

    /// <summary>Others are before this request.</summary>
    public int? Ahead { get; private set; }

    /// <summary>Why nothing was written.</summary>
    public string? Fault { get; private set; }

    /// <summary>From the question to the first new token, ms.</summary>
    public double? FirstTokenMilliseconds { get; private set; }

    /// <summary>Lays the lanes of a plan out without asking for anything.</summary>
    public void Show(PlaygroundPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Columns = [.. plan.ToLanes().Select(planned => Find(planned) ?? new LaneColumn(planned))];
    }

    /// <summary>Writes what is planned; a newer call takes the place of this one.</summary>
    public async Task WriteAsync(Actor actor, PlaygroundPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var turn = ++_turn;
        await StopAsync();
        if (turn != _turn)
            return;
        Show(plan);
        var question = $"{plan.Blend.Base} {plan.IsMessage} {plan.ToSampling()} {plan.Stop} {plan.Prompt}";
        var asked = Columns.Where(column => !column.IsComplete || column.Signature != question + column.Planned.Signature).ToList();
        asked.ForEach(column => column.Begin(question + column.Planned.Signature));
        using var current = _current = new CancellationTokenSource();
        await (_running = RunAsync(actor, plan, asked, current.Token));
        if (_current == current)
            _current = null;
    }

    /// <summary>Ends what is being written and waits until it has ended.</summary>
    public async Task StopAsync()
    {
        _current?.Cancel();
        _current = null;
        await _running;
    }

    /// <summary>Asks every lane how probable a text is.</summary>
    /// <exception cref="CatalogException">Nobody answers.</exception>
    public async Task MeasureAsync(Actor actor, PlaygroundPlan plan, string text, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Show(plan);
        var scoring = new LaneScoring { Base = plan.Blend.Base, Lanes = [.. Columns.Select(column => column.Planned.ToSetup())], Text = text };
        await foreach (var happened in lanes.ScoreAsync(actor, scoring, cancel))
        {
            if (happened is LaneScored scored && Of(scored.Lane) is { } column)
                column.Perplexity = scored.Perplexity;
            if (happened is LanesFailed failed)
                throw new CatalogException(CatalogFault.Busy, failed.Message);
        }
    }

    public void Dispose()
    {
        _turn++;
        _current?.Cancel();
        _current = null;
    }

    private async Task RunAsync(Actor actor, PlaygroundPlan plan, List<LaneColumn> asked, CancellationToken cancel)
    {
        (IsWriting, Fault, Ahead, FirstTokenMilliseconds) = (true, null, null, null);
        changed();
        try
        {
            for (var attempt = 0; asked.Count > 0; attempt++)
            {
                await ReadAsync(actor, plan, asked, cancel);
                asked = [.. asked.Where(column => column.End == LaneEnd.Failed || column.IsWriting)];
                if (attempt > 0)
                    break;
                foreach (var lost in asked)
                    (lost.IsWriting, lost.IsStale) = (true, true);
            }

            changed();
            await CompareAsync(actor, plan, cancel);
        }
        catch (CatalogException refusal)
        {
            Fault = refusal.Message;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return; // finally leaves the lanes as they are
        }
        finally
        {
            foreach (var column in asked)
                column.IsWriting = false;
            (IsWriting, Ahead) = (false, null);
            changed();
        }
    }

    private async Task ReadAsync(Actor actor, PlaygroundPlan plan, List<LaneColumn> asked, CancellationToken cancel)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var request = new LaneRequest
        {
            Base = plan.Blend.Base,
            Lanes = [.. asked.Select(column => column.Planned.ToSetup())],
            Alternatives = Alternatives,
            Prompt = plan.IsMessage ? null : plan.Prompt,
            Messages = plan.IsMessage ? [new LaneMessage("user", plan.Prompt)] : null,
            Sampling = plan.ToSampling(),
        };
        await foreach (var happened in lanes.GenerateAsync(actor, request, cancel))
        {
            switch (happened)
            {
                case LanesQueued queued:
                    Ahead = queued.Ahead;
                    break;
                case LanesStarted:
                    Ahead = null;
                    break;
                case LaneToken token when Of(token.Lane) is { } column:
                    FirstTokenMilliseconds ??= System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                    column.Add(token);
                    break;
                case LaneEnded ended when Of(ended.Lane) is { } column:
                    column.Finish(ended);
                    break;
                case LanesFailed { Fault: not LanesFault.Engine } failed:
                    throw new CatalogException(CatalogFault.Invalid, failed.Message);
                default:
                    continue;
            }

            changed();
        }
    }

    /// <summary>What the base thinks of each token that another lane wrote.</summary>
    private async Task CompareAsync(Actor actor, PlaygroundPlan plan, CancellationToken cancel)
    {
        foreach (var column in Columns.Where(column => column is { IsComplete: true, Tokens.Count: > 0 } && column.Planned.Adapters.Count > 0 && column.Tokens[0].InBase is null).ToList())
        {
            var scoring = new LaneScoring
            {
                Base = plan.Blend.Base,
                Lanes = [new LaneSetup("base")],
                Alternatives = Alternatives,
                Prompt = plan.IsMessage ? null : plan.Prompt,
                Messages = plan.IsMessage ? [new LaneMessage("user", plan.Prompt)] : null,
                Continuation = [.. column.Tokens.Select(token => token.Made.Id)],
            };
            await foreach (var happened in lanes.ScoreAsync(actor, scoring, cancel))
            {
                if (happened is not LaneScored scored || scored.Tokens.Count != column.Tokens.Count)
                    continue;
                for (var place = 0; place < scored.Tokens.Count; place++)
                    column.Tokens[place] = column.Tokens[place] with { InBase = scored.Tokens[place] };
            }

            changed();
        }
    }

    private LaneColumn? Of(string label) => Columns.FirstOrDefault(column => column.Planned.Label == label);

    /// <summary>A lane of before with the same adapters keeps its text; the blend keeps it, dimmed, whatever its weights are.</summary>
    private LaneColumn? Find(PlannedLane planned)
    {
        if (Columns.FirstOrDefault(column => column.Planned.Label == planned.Label && (planned.Label == "blend" || column.Planned.Signature == planned.Signature)) is not { } column)
            return null;
        column.Planned = planned;
        return column;
    }
}
