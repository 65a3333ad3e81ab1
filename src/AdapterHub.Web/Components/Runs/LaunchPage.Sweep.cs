using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Formatting;
using AdapterHub.Web.Runs;

namespace AdapterHub.Web.Components.Runs;

public sealed partial class LaunchPage
{
    private string? _sweepText;
    private bool _sweepProblem;
    private int _sweepRuns;

    /// <summary>How many runs the values make and how long all of them take on one worker.</summary>
    private void ForecastSweep(TrainSpec spec)
    {
        (_sweepText, _sweepProblem, _sweepRuns) = (null, false, 0);
        if (_choices.IsEmpty)
            return;
        var points = _choices.ToPlan().Expand(spec, Sweeps.MostRuns, out var problems);
        if (problems.Count > 0)
        {
            (_sweepText, _sweepProblem) = (string.Join(' ', problems), true);
            return;
        }

        _sweepRuns = points.Count;
        _sweepText = $"{points.Count} runs: {string.Join("; ", points.Take(4).Select(point => point.Label))}{(points.Count > 4 ? " and so on" : "")}.";
        if (_outlook is not { } outlook)
            return;
        var all = points.Select(point => RunForecast.Of(point.Spec, outlook.Text, outlook.Model, outlook.Worker)).ToList();
        if (all.All(one => one.Seconds is not null))
            _sweepText += " " + Describe(SweepForecast.Of([.. points.Zip(all, (point, one) => (point.Spec, one.Seconds!.Value))], outlook.Worker?.HasGpu == true));
        if (all.Count(one => one.Memory == MemoryVerdict.TooLarge) is > 0 and var large)
            _sweepText += $" {Display.Counted(large, "of them does", "of them do")} not fit into the memory of {outlook.Worker!.Name}.";
    }

    private static string Describe(SweepForecast forecast) => forecast.Shortest < forecast.Longest
        ? $"Together about {Duration(forecast.Shortest)} to {Duration(forecast.Longest)} on one worker: up to four are trained at once where its memory holds them, the others one after another."
        : $"Together about {Duration(forecast.Longest)}, one after another on one worker.";

    private static string Duration(TimeSpan time) => Display.Duration(TimeSpan.FromSeconds(Math.Max(1, Math.Round(time.TotalSeconds))));

    private async Task StartSweepAsync(Actor actor, TrainSpec spec, RepositoryName target)
    {
        var plan = _choices.ToPlan();
        var typed = string.Join('|', _choices.All.Select(choice => string.Join(',', choice.Values)));
        var started = await Sweeps.StartAsync(actor, new NewSweep(spec, plan, target) { TargetVisibility = _visibility, Key = KeyOf(spec, target, typed) }, Left);
        _isStarted = true;
        Address.Go(Addresses.Sweep(started.Sweep.Id));
    }
}
