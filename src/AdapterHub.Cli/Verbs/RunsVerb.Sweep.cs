using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AdapterHub.Cli.Output;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Runs;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>Several runs at once, and what a run will take before it starts.</summary>
internal sealed partial class RunsVerb
{
    private readonly Option<string[]> _try = new("--try")
    {
        HelpName = "SETTING=A,B", Description = "sweep: values to try of a setting (rank, rate, targets, alpha, dropout, seed, epochs, steps, batch, or a path such as lora.rank); may be repeated, every combination is a run. Modules of one value are joined by +",
    };

    private readonly Option<bool> _count = Flag.Switch("--count", "forecast: have the base's own tokenizer count the text");

    private async Task<int> SweepAsync(HubClient client, Invocation invocation)
    {
        if (invocation.Parse.GetResult(_try) is null)
            throw new RunInputException("runs sweep needs --try SETTING=A,B at least once.");
        var asked = await ReadAsync(client, invocation).ConfigureAwait(false);
        var sweep = await client.StartSweepAsync(new HubNewSweep
        {
            Spec = asked.Spec, Target = asked.Target!, Name = asked.Name, Key = asked.Key, Visibility = asked.Visibility, Public = asked.Public, Grid = Grid(invocation.Get(_try) ?? []),
        }, invocation.Stop).ConfigureAwait(false);
        Show(invocation, sweep);
        return ExitCode.Ok;
    }

    private async Task<int> ListSweepsAsync(HubClient client, Invocation invocation)
    {
        var page = await client.ListSweepsAsync(invocation.Get(_limit), invocation.Stop).ConfigureAwait(false);
        if (invocation.IsJson)
        {
            foreach (var sweep in page.Sweeps)
                invocation.WriteJson(sweep);
            return ExitCode.Ok;
        }

        if (page.Sweeps.Count == 0)
            invocation.Terminal.Out.WriteLine("There are no sweeps.");
        else
            invocation.Terminal.WriteTable(["sweep", "name", "runs", "ended", "best", "held-out", "owner"], [.. page.Sweeps.Select(sweep => (IReadOnlyList<string>)Row(sweep))]);
        return ExitCode.Ok;

        static string[] Row(HubSweep sweep)
        {
            var best = sweep.Runs.FirstOrDefault(one => one.Run.Id == sweep.Best);
            var ended = sweep.Runs.Count(one => one.Run.State is HubRunState.Succeeded or HubRunState.Failed or HubRunState.Cancelled);
            return [$"{sweep.Id}", sweep.Name, $"{sweep.Runs.Count}", $"{ended}", best?.Label ?? "", best?.Run.HeldOutLoss is { } loss ? Words.Loss(loss) : "", sweep.Owner];
        }
    }

    private async Task<int> ForecastAsync(HubClient client, Invocation invocation)
    {
        var forecast = await client.ForecastRunAsync(await ReadAsync(client, invocation).ConfigureAwait(false), invocation.Get(_count), invocation.Stop).ConfigureAwait(false);
        if (invocation.IsJson)
        {
            invocation.WriteJson(forecast);
            return ExitCode.Ok;
        }

        foreach (var line in Lines(forecast))
            invocation.Terminal.Out.WriteLine(line);
        return ExitCode.Ok;
    }

    internal static Dictionary<string, IReadOnlyList<JsonElement>> Grid(IReadOnlyList<string> tries)
    {
        var grid = new Dictionary<string, IReadOnlyList<JsonElement>>(StringComparer.Ordinal);
        foreach (var one in tries)
        {
            var parts = one.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length < 2 || parts[0].Length == 0 || parts[1].Length == 0)
                throw new RunInputException($"--try {one}: write a setting and its values, such as rank=4,8,16.");
            if (!grid.TryAdd(parts[0], [.. parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(SweepPlan.Value)]))
                throw new RunInputException($"--try {one}: {parts[0]} is given twice; give all of its values at once.");
        }

        return grid;
    }

    private static IEnumerable<string> Lines(HubForecast forecast)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"text    {forecast.Tokens:N0} tokens ({forecast.TokensFrom switch { "counted" => "counted", "sample" => "from samples", _ => "estimated from bytes" }})");
        yield return string.Create(CultureInfo.InvariantCulture, $"steps   {forecast.Steps:N0} of {forecast.BatchSize} x {forecast.SequenceLength} tokens, the text read {forecast.Readings:0.#} times");
        yield return $"worker  {forecast.Worker ?? "none is here: it waits"}";
        if (forecast.MemoryBytes is { } memory)
            yield return string.Create(CultureInfo.InvariantCulture, $"memory  {memory / 1e9:0.0} GB{(forecast.WorkerMemoryBytes is { } has ? string.Create(CultureInfo.InvariantCulture, $" of {has / 1e9:0.0} GB, {forecast.Memory.Replace('-', ' ')}") : "")}");
        if (forecast.Seconds is { } seconds)
            yield return $"time    {TimeSpan.FromSeconds(Math.Round(seconds)):g} ({forecast.SpeedFrom})";
        if (forecast.Price is { } price)
            yield return string.Create(CultureInfo.InvariantCulture, $"cost    {price:0.00} {forecast.Currency}");
        foreach (var warning in forecast.Warnings)
            yield return $"warning {warning}";
    }

    private static void Show(Invocation invocation, HubSweep sweep)
    {
        if (invocation.IsJson)
        {
            invocation.WriteJson(sweep);
            return;
        }

        invocation.Terminal.Out.WriteLine($"sweep {sweep.Id} \"{sweep.Name}\" has {sweep.Runs.Count} runs");
        invocation.Terminal.WriteTable(["run", "settings", "state", "target"], [.. sweep.Runs.Select(one => (IReadOnlyList<string>)
            [one.Run.Id.ToString(CultureInfo.InvariantCulture), one.Label, one.Run.State.ToString().ToLowerInvariant(), one.Run.Target ?? ""])]);
    }
}
