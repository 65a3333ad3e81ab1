using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Protocol.Inference;
using AdapterHub.Web.Inference;

namespace AdapterHub.Web.Components.Playground;

/// <summary>
/// Fills a grid: its cells are lanes of one batch after another, 16 at a time, so that other people's lanes come between. A cell is shown as it grows. What is
/// there stays when it is stopped, and filling goes on from there.
/// In a chat every cell answers the whole conversation by itself, as a lane does.
/// </summary>
public sealed class GridWriting(LaneService lanes, Action changed) : IDisposable
{
    private const int Batch = 16;
    private CancellationTokenSource? _current;
    private Task _running = Task.CompletedTask;
    private string? _signature;
    private GridCell _base = NewBase();

    public IReadOnlyList<GridCell> Cells { get; private set; } = [];

    public bool IsWriting { get; private set; }

    /// <summary>Why it was not filled.</summary>
    public string? Fault { get; private set; }

    public int Done => Cells.Count(cell => cell.Value is not null);

    public GridCell? Find(int row, int column) => Cells.FirstOrDefault(cell => cell.Row == row && cell.Column == column);

    /// <summary>Lays the cells of a plan out; those of before stay where they are of the same question.</summary>
    /// <param name="measured">What tells one measured text from another.</param>
    public void Show(PlaygroundPlan plan, string measured)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Grid?.Fit(plan.Blend.Adapters.Count) is not { } grid)
        {
            (Cells, _signature) = ([], null);
            return;
        }

        // The weights that the grid moves are not part of the question: a cell's weights can be put on the sliders.
        var fixedShares = grid.SharesAt(plan.Blend.Adapters, 0, 0);
        var signature = string.Join('\n', (plan with { Blend = plan.Blend with { Adapters = fixedShares }, Second = null, MeasuredText = "", Prompt = "", Turns = [] }).ToAddress(), plan.IsChat ? string.Join('\n', plan.Turns) : plan.Prompt, measured);
        if (signature == _signature)
            return;
        // What is being filled is not asked any more.
        _current?.Cancel();
        (_signature, Fault) = (signature, null);
        var before = Cells.DistinctBy(cell => cell.Signature).ToDictionary(cell => cell.Signature, StringComparer.Ordinal);
        Cells = [.. from row in Enumerable.Range(0, grid.Rows) from column in Enumerable.Range(0, grid.Columns) select new GridCell(row, column, grid.SharesAt(plan.Blend.Adapters, row, column))];
        foreach (var cell in Cells)
            if (before.TryGetValue(cell.Signature, out var same))
                cell.Follow(same);
        var known = _base;
        _base = NewBase();
        _base.Follow(known);
    }

    /// <summary>Fills what is not filled yet; a newer call takes the place of this one.</summary>
    /// <param name="text">To be foreseen, where that is the metric.</param>
    public async Task FillAsync(Actor actor, PlaygroundPlan plan, ConversationForm form, string text)
    {
        ArgumentNullException.ThrowIfNull(plan);
        await StopAsync();
        using var current = _current = new CancellationTokenSource();
        try
        {
            await (_running = RunAsync(actor, plan, form, text, current.Token));
        }
        finally
        {
            if (_current == current)
                _current = null;
        }
    }

    public async Task StopAsync()
    {
        _current?.Cancel();
        _current = null;
        await _running;
    }

    public void Dispose()
    {
        _current?.Cancel();
        _current = null;
    }

    private static GridCell NewBase() => new(-1, -1, []);

    private async Task RunAsync(Actor actor, PlaygroundPlan plan, ConversationForm form, string text, CancellationToken cancel)
    {
        (IsWriting, Fault) = (true, null);
        changed();
        try
        {
            var metric = plan.Grid!.Metric;
            var question = LaneQuestion.Of(plan, form);
            if (metric == GridMetric.Differs && !_base.IsWhole)
                await AnswerAsync(actor, question, [_base], cancel);
            foreach (var cells in Cells.Where(cell => cell.Value is null).Chunk(Batch))
            {
                if (plan.HasQuestion)
                    await AnswerAsync(actor, question, cells, cancel);
                await MeasureAsync(actor, question, metric, cells, text, cancel);
                changed();
            }
        }
        catch (CatalogException refusal)
        {
            Fault = refusal.Message;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            foreach (var cell in Cells.Where(cell => cell.Value is null))
                cell.Empty();
            if (!_base.IsWhole)
                _base.Empty();
            IsWriting = false;
            changed();
        }
    }

    /// <summary>Has cells answer, in a chat first the messages before that they have not answered yet.</summary>
    private async Task AnswerAsync(Actor actor, LaneQuestion question, GridCell[] cells, CancellationToken cancel)
    {
        for (var turn = 0; turn < question.Turn; turn++)
        {
            var earlier = question with { Turn = turn };
            var asked = cells.Where(cell => !cell.Knows(earlier)).ToArray();
            await WriteAsync(actor, earlier, asked, cancel);
            foreach (var cell in asked)
                cell.GoOn();
        }

        await WriteAsync(actor, question, cells, cancel);
    }

    private async Task WriteAsync(Actor actor, LaneQuestion question, GridCell[] cells, CancellationToken cancel)
    {
        if (cells.Length == 0)
            return;
        var byLabel = cells.ToDictionary(cell => cell.Label);
        foreach (var cell in cells)
            cell.Empty();
        var request = new LaneRequest { Base = question.Plan.Blend.Base, Lanes = [.. cells.Select(cell => cell.ToSetup(question))], Prompt = question.Prompt, Sampling = question.Sampling };
        await foreach (var happened in lanes.GenerateAsync(actor, request, cancel))
        {
            Refuse(happened);
            if (happened is LaneToken token)
            {
                byLabel[token.Lane].Tokens.Add(token.Id);
                byLabel[token.Lane].Text += token.Text;
            }
            else if (happened is LaneEnded ended)
            {
                byLabel[ended.Lane].Text += ended.Text;
                byLabel[ended.Lane].Finish(question);
            }

            changed();
        }
    }

    private async Task MeasureAsync(Actor actor, LaneQuestion question, GridMetric metric, GridCell[] cells, string text, CancellationToken cancel)
    {
        switch (metric)
        {
            case GridMetric.Perplexity:
                var scoring = new LaneScoring { Base = question.Plan.Blend.Base, Lanes = [.. cells.Select(cell => cell.ToSetup())], Text = text };
                await foreach (var scored in ScoreAsync(actor, scoring, cancel))
                    cells.Single(cell => cell.Label == scored.Lane).Value = scored.Perplexity;
                break;
            case GridMetric.UnderBase:
                foreach (var cell in cells)
                    cell.Value = await UnderBaseAsync(actor, question, cell, cancel);
                break;
            default:
                foreach (var cell in cells)
                    cell.Value = metric == GridMetric.Length ? cell.Tokens.Count : Difference(cell.Tokens, _base.Tokens);
                break;
        }
    }

    private async Task<double> UnderBaseAsync(Actor actor, LaneQuestion question, GridCell cell, CancellationToken cancel)
    {
        if (cell.Tokens.Count == 0)
            return 0;
        var scoring = new LaneScoring
        {
            Base = question.Plan.Blend.Base, Lanes = [new LaneSetup(PlannedLane.Base) { Messages = question.MessagesFor(cell.Past) }], Prompt = question.Prompt, Continuation = [.. cell.Tokens],
        };
        var value = 0.0;
        await foreach (var scored in ScoreAsync(actor, scoring, cancel))
            value = scored.LogProbability / cell.Tokens.Count;
        return value;
    }

    private async IAsyncEnumerable<LaneScored> ScoreAsync(Actor actor, LaneScoring scoring, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var happened in lanes.ScoreAsync(actor, scoring, cancel))
        {
            Refuse(happened);
            if (happened is not LaneScored scored)
                continue;
            yield return scored;
            changed();
        }
    }

    /// <summary>Places with another token, of the longer answer's.</summary>
    private static double Difference(List<int> tokens, List<int> others)
    {
        var longer = Math.Max(tokens.Count, others.Count);
        return longer == 0 ? 0 : (longer - tokens.Zip(others).Count(pair => pair.First == pair.Second)) / (double)longer;
    }

    private static void Refuse(LaneEvent happened)
    {
        var message = happened is LanesFailed failed ? failed.Message : happened is LaneEnded { End: LaneEnd.Failed } ended ? ended.Message ?? "The engine lost a cell." : null;
        if (message is not null)
            throw new CatalogException(CatalogFault.Busy, $"{message} What is filled stays; Fill goes on with the rest.");
    }
}
