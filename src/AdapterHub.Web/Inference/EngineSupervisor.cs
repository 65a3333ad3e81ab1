using System.ComponentModel;
using AdapterHub.Catalog;
using Microsoft.Extensions.Options;

namespace AdapterHub.Web.Inference;

/// <summary>
/// Keeps one engine process: started at its first use, started again after it died, and with growing pauses when it dies again and again. Native code may abort
/// there or run out of memory; the hub lives.
/// </summary>
internal sealed partial class EngineSupervisor(IOptions<LaneOptions> options, TimeProvider time, ILogger<EngineSupervisor> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>An engine that lived so long had no fault in its start.</summary>
    private static readonly TimeSpan HealthyAge = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private RunningEngine? _engine;
    private DateTimeOffset _started;
    private DateTimeOffset _notBefore;
    private int _failures;
    private volatile bool _isStopped;

    /// <summary>The engine that runs, or null.</summary>
    public RunningEngine? Current => _engine is { HasExited: false } engine ? engine : null;

    /// <summary>The engine, started if there is none.</summary>
    /// <exception cref="CatalogException">Busy: it cannot be started now; says why and when it is tried again.</exception>
    public async Task<RunningEngine> GetAsync(CancellationToken cancel)
    {
        if (Current is { } running)
            return running;
        RefuseWhenStopped();
        await _gate.WaitAsync(cancel);
        try
        {
            if (Current is { } meanwhile)
                return meanwhile;
            await BuryAsync();
            RefuseWhenStopped();
            if (_notBefore - time.GetUtcNow() is { Ticks: > 0 } wait)
                throw new CatalogException(CatalogFault.Busy, $"The engine failed {_failures} times in a row. It is tried again in {Math.Ceiling(wait.TotalSeconds)} seconds.");
            return _engine = await StartAsync(cancel);
        }
        finally
        {
            _gate.Release();
        }
    }

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // Before the gate: who comes now must not still wait there when it is disposed of.
        _isStopped = true;
        await _gate.WaitAsync(CancellationToken.None);
        if (_engine is { } engine)
            await engine.DisposeAsync();
        _engine = null;
        _gate.Release();
    }

    public void Dispose() => _gate.Dispose();

    private void RefuseWhenStopped()
    {
        if (_isStopped)
            throw new CatalogException(CatalogFault.Busy, "The hub is shutting down.");
    }

    private async Task<RunningEngine> StartAsync(CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(options.Value.StartTimeout);
        try
        {
            _started = time.GetUtcNow();
            var engine = await RunningEngine.StartAsync(options.Value, line => LogLine(logger, line), patience.Token);
            LogStart(logger, engine.ProcessId);
            return engine;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Failed($"it took more than {options.Value.StartTimeout.TotalSeconds} seconds.");
        }
        catch (Exception failure) when (failure is InvalidOperationException or Win32Exception or IOException)
        {
            throw Failed(failure.Message);
        }
    }

    private CatalogException Failed(string reason)
    {
        PauseAfterFailure();
        LogFailure(logger, reason);
        return new CatalogException(CatalogFault.Busy, $"The engine could not be started: {reason}");
    }

    /// <summary>Clears up after an engine that died.</summary>
    private async Task BuryAsync()
    {
        if (_engine is not { } dead)
            return;
        _engine = null;
        LogEnd(logger, dead.ProcessId);
        await dead.DisposeAsync();
        if (time.GetUtcNow() - _started > HealthyAge)
            _failures = 0;
        else
            PauseAfterFailure();
    }

    // The first death costs no pause: whoever comes next gets an answer. 3 s, 6 s, 12 s from the second on.
    private void PauseAfterFailure()
    {
        _failures++;
        var pause = _failures < 2 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 3 * Math.Pow(2, _failures - 2)));
        _notBefore = time.GetUtcNow() + pause;
    }

    [LoggerMessage(20, LogLevel.Information, "Engine {ProcessId} started")]
    private static partial void LogStart(ILogger logger, int processId);

    [LoggerMessage(21, LogLevel.Warning, "Engine {ProcessId} died")]
    private static partial void LogEnd(ILogger logger, int processId);

    [LoggerMessage(22, LogLevel.Error, "The engine could not be started: {Reason}")]
    private static partial void LogFailure(ILogger logger, string reason);

    [LoggerMessage(23, LogLevel.Information, "Engine wrote: {Line}")]
    private static partial void LogLine(ILogger logger, string line);
}
