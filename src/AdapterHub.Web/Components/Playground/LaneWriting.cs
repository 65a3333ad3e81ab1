using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Protocol.Inference;
using AdapterHub.Web.Inference;

namespace AdapterHub.Web.Components.Playground;

/// <summary>
/// The lanes of one page: asks for what is planned, in one request for all lanes that would write something else than they have. A newer plan ends what
/// is being written. When the engine dies, what was lost is asked for again by itself, once. Messages of a chat that a lane has not answered yet are asked
/// before the last one, in order.
/// </summary>
/// <param name="changed">There is something new to be drawn.</param>
/// <param name="written">All lanes have come to their end; what is compared with the base comes after it.</param>
public sealed class LaneWriting(LaneService lanes, Action changed, Func<Task> written) : IDisposable
{
    private const int Alternatives = 5;
    private CancellationTokenSource? _current;
    private Task _running = Task.CompletedTask;
    private int _turn;

    public IReadOnlyList<LaneColumn> Columns { get; private set; } = [];

    /// <summary>How the base model reads conversations.</summary>
    public ConversationForm Form { get; set; }

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
        using var current = _current = new CancellationTokenSource();
        try
        {
            await (_running = RunAsync(actor, LaneQuestion.Of(plan, Form), current.Token));
        }
        finally
        {
            if (_current == current)
                _current = null;
        }
    }

    /// <summary>Shows texts of the history instead of what the lanes have.</summary>
    public void Restore(IReadOnlyList<ShelvedLane> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        foreach (var column in Columns)
            column.Restore(texts.FirstOrDefault(text => text.Label == column.Planned.Label)?.Text ?? "");
    }

    /// <summary>Ends what is being written and waits until it has ended.</summary>
    public async Task StopAsync()
    {
        _current?.Cancel();
        _current = null;
        await _running;
    }

    /// <summary>Empties all lanes.</summary>
    public async Task ClearAsync(PlaygroundPlan plan)
    {
        _turn++;
        await StopAsync();
        Columns = [];
        Show(plan);
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

    private async Task RunAsync(Actor actor, LaneQuestion question, CancellationToken cancel)
    {
        (IsWriting, Fault, Ahead, FirstTokenMilliseconds) = (true, null, null, null);
        changed();
        try
        {
            for (var turn = 0; turn < question.Turn; turn++)
            {
                var earlier = question with { Turn = turn };
                await AskAsync(actor, earlier, [.. Columns.Where(column => !column.Knows(earlier))], cancel);
                if (Columns.FirstOrDefault(column => !column.Knows(earlier)) is { } lost)
                    throw new CatalogException(CatalogFault.Busy, lost.Message ?? $"{lost.Planned.Title} gave no answer to \"{question.Plan.Turns[turn].Text}\", so the chat cannot go on there.");
            }

            foreach (var column in Columns)
                column.KeepPast(question.Turn);
            await AskAsync(actor, question, [.. Columns.Where(column => !column.IsComplete || column.Signature != question.Signature + column.Planned.Signature)], cancel);
            changed();
            await written();
            await CompareAsync(actor, question, cancel);
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
            foreach (var column in Columns)
                column.IsWriting = false;
            (IsWriting, Ahead) = (false, null);
            changed();
        }
    }

    /// <summary>Has lanes answer; what the engine lost is asked for once more.</summary>
    private async Task AskAsync(Actor actor, LaneQuestion question, List<LaneColumn> asked, CancellationToken cancel)
    {
        foreach (var column in asked)
            column.Begin(question);
        for (var attempt = 0; asked.Count > 0 && attempt < 2; attempt++)
        {
            foreach (var lost in asked)
                (lost.IsWriting, lost.IsStale) = (true, true);
            await ReadAsync(actor, question, asked, cancel);
            asked = [.. asked.Where(column => column.End == LaneEnd.Failed || column.IsWriting)];
        }
    }

    private async Task ReadAsync(Actor actor, LaneQuestion question, List<LaneColumn> asked, CancellationToken cancel)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var request = new LaneRequest
        {
            Base = question.Plan.Blend.Base,
            Lanes = [.. asked.Select(column => column.Planned.ToSetup() with { Messages = question.MessagesFor(column.Past) })],
            Alternatives = Alternatives,
            Prompt = question.Prompt,
            Sampling = question.Sampling,
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
    private async Task CompareAsync(Actor actor, LaneQuestion question, CancellationToken cancel)
    {
        foreach (var column in Columns.Where(column => column is { IsComplete: true, Tokens.Count: > 0 } && column.Planned.Adapters.Count > 0 && column.Tokens[0].InBase is null).ToList())
        {
            var scoring = new LaneScoring
            {
                Base = question.Plan.Blend.Base,
                Lanes = [new LaneSetup(PlannedLane.Base) { Messages = question.MessagesFor(column.Past) }],
                Alternatives = Alternatives,
                Prompt = question.Prompt,
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

    /// <summary>A lane of before with the same adapters keeps its text; blends keep theirs, dimmed, whatever their weights are.</summary>
    private LaneColumn? Find(PlannedLane planned)
    {
        if (Columns.FirstOrDefault(column => column.Planned.Label == planned.Label && (planned.IsBlend || column.Planned.Signature == planned.Signature)) is not { } column)
            return null;
        column.Planned = planned;
        return column;
    }
}
