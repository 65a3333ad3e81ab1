using AdapterHub.Catalog;

namespace AdapterHub.Web.Components.Playground;

/// <summary>The page's grid, and the perplexity of a text in every lane.</summary>
public sealed partial class PlaygroundPage
{
    private bool CanFill => CanAsk && _plan.Grid is { } grid && (grid.Metric == GridMetric.Perplexity ? _plan.MeasuredFrom is not null || _plan.MeasuredText.Trim().Length > 0 : _plan.HasQuestion);

    /// <summary>What tells one measured text from another.</summary>
    private string Measured => _plan.MeasuredFrom ?? _plan.MeasuredText;

    private void ShowGrid()
    {
        if (_plan.Grid is null)
            Change(_plan with { Grid = (_gridOfBefore ?? GridPlan.Usual(_plan.Blend.Adapters.Count)).Fit(Math.Max(1, _plan.Blend.Adapters.Count)) });
    }

    private async Task ShowLanesAsync()
    {
        if (_plan.Grid is null)
            return;
        _gridOfBefore = _plan.Grid;
        await _grid.StopAsync();
        Change(_plan with { Grid = null });
        await AnswerAsync();
    }

    private async Task FillAsync()
    {
        if (!CanFill)
            return;
        Remember();
        _grid.Show(_plan, Measured);
        if (_plan.Grid!.Metric == GridMetric.Perplexity)
            await AskTextAsync(async text => await _grid.FillAsync(_actor!, _plan, _writing.Form, text));
        else
            await _grid.FillAsync(_actor!, _plan, _writing.Form, "");
    }

    private Task TakeCellAsync(PlaygroundPlan plan) => BlendAsync(plan);

    private async Task MeasureAsync()
    {
        if (Measured.Trim().Length == 0 || _isMeasuring)
            return;
        _isMeasuring = true;
        await AskTextAsync(async text => await _writing.MeasureAsync(_actor!, _plan, text, _gone.Token));
        _isMeasuring = false;
    }

    /// <summary>Reads the text that is to be measured and does something with it; what is against it is shown.</summary>
    private async Task AskTextAsync(Func<string, Task> deed)
    {
        _fault = null;
        try
        {
            var most = (int)Math.Min(PlaygroundPlan.LongestPrompt, (_facts?.Context ?? PlaygroundPlan.LongestPrompt) * CharactersPerToken);
            await deed(_plan.MeasuredFrom is { } dataset ? await texts.ReadAsync(_actor!, dataset, most, _gone.Token) : _plan.MeasuredText);
        }
        catch (CatalogException refusal)
        {
            _fault = refusal.Message;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            return;
        }
    }
}
