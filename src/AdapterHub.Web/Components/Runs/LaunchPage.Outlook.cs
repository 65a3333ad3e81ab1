using AdapterHub.Catalog;

namespace AdapterHub.Web.Components.Runs;

public sealed partial class LaunchPage
{
    /// <summary>Somebody who types is not counted for at every letter.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(300);

    /// <summary>What a count depends on.</summary>
    private string CountKey => $"{_base}\n{TextName}\n{(_source == TextOrigin.Pasted ? _pasted : "")}\n{_settings.Split}";

    /// <summary>Tells at once what is known, with tokens estimated from bytes until they are counted.</summary>
    private async Task ForecastAsync()
    {
        if (_bytes == 0 || _base.Length == 0)
        {
            (_outlook, _unreadable) = (null, null);
            ForecastSweep(_settings.ToSpec(_base, TextName));
            return;
        }

        var isCounted = _measured is not null && _measuredKey == CountKey;
        try
        {
            _outlook = await Forecaster.ForecastAsync(
                await Actors.GetAsync(Left), _owner, _settings.ToSpec(_base, TextName), isCounted ? _measured : null, _source == TextOrigin.Pasted ? _bytes : null, Left);
        }
        catch (CatalogException fault)
        {
            // Such as a base without a tokenizer: said now rather than at the start.
            (_outlook, Fault) = (null, fault.Message);
            return;
        }

        ForecastSweep(_settings.ToSpec(_base, TextName));
        if (_isLive && _measuredKey != CountKey)
            _ = CountAsync();
    }

    /// <summary>Asks the engine how the tokenizer sees the text. It may have to start first, so nobody waits for it.</summary>
    private async Task CountAsync()
    {
        if (_bytes == 0 || _base.Length == 0 || Left.IsCancellationRequested)
            return;
        _counting?.Cancel();
        _counting?.Dispose();
        var key = CountKey;
        (_counting, _measuredKey, _isCounting, _unreadable) = (CancellationTokenSource.CreateLinkedTokenSource(Left), key, true, null);
        var cancel = _counting.Token;
        try
        {
            await Task.Delay(Settled, Clock, cancel);
            _measured = await Forecaster.CountAsync(await Actors.GetAsync(cancel), _owner, _settings.ToSpec(_base, TextName), _source == TextOrigin.Pasted ? _pasted : null, cancel);
        }
        catch (Exception gone) when (gone is OperationCanceledException or ObjectDisposedException)
        {
            // Something else is asked for by now, or the reader left.
            return;
        }
        catch (CatalogException fault)
        {
            (_measured, _unreadable) = (null, fault.Fault == CatalogFault.Invalid ? fault.Message : null);
        }

        if (key != CountKey)
            return;
        _isCounting = false;
        await InvokeAsync(async () =>
        {
            await ForecastAsync();
            StateHasChanged();
        });
    }
}
