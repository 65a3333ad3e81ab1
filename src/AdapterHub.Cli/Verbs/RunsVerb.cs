using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AdapterHub.Cli.Output;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Hub;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Runs;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>Starts, lists, watches and steers runs on a hub.</summary>
internal sealed partial class RunsVerb() : HubVerb("runs", "starts, sweeps, forecasts, lists, watches, cancels, pauses, resumes or retries runs on a hub")
{
    private readonly Argument<string> _deed = new("deed") { HelpName = "DEED", Description = "start, sweep, forecast, list, sweeps, watch, cancel, pause, resume or retry" };
    private readonly Argument<long?> _run = new("run") { HelpName = "RUN", Description = "the run's number, for watch, cancel, pause, resume and retry", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _target = Flag.Text("--target", "OWNER/NAME", "start, sweep: where the adapter is published; of a sweep each run's, numbered (default: none; needed)");
    private readonly Option<string?> _base = Flag.Text("--base", "NAME", "start: base model of the hub, as name or owner/name[@revision] (default: none; needed)");
    private readonly Option<string?> _name = Flag.Text("--name", "NAME", "start: what the run is called (default: the name of --target)");
    private readonly Option<bool> _public = Flag.Switch("--public", "start: everybody may watch the run, and see its adapter");
    private readonly Option<string?> _key = Flag.Text("--key", "KEY", "start: with the same key again, nothing new is started (default: none)");
    private readonly Option<long[]> _after = new("--after") { HelpName = "RUN", Description = "start: begin when this run has succeeded; may be repeated" };
    private readonly Option<string[]> _evaluate = Flag.Many(
        "--evaluate", "TEXT", "start: once it is trained, measure the adapter beside its base on this text, in a run of its own; named as for --data (default: none)", manyPerFlag: true);

    private readonly Option<bool> _watch = Flag.Switch("--watch", "start: show the run until it ends");
    private readonly Option<int> _limit = Flag.Number("--limit", "N", "list, sweeps: how many", 20);
    private readonly LoraFlags _lora = new();
    private readonly TextFlags _text = new(Flag.Many(
        "--data", "TEXT", "start: owner/name or owner/name:path of the hub, or files here, which are sent; may be repeated", manyPerFlag: true));

    private readonly LoopFlags _loop = new("3", "by the width of the base: 5e-4 (2000 / width)^0.781, from 2e-4 to 1e-3", "0", "8");

    public override IReadOnlyList<Argument> Arguments => [_deed, _run];

    public override IReadOnlyList<FlagGroup> Groups =>
        [new("Run", [_target, _base, _name, _public, _key, _after, _evaluate, _try, _count, _watch, _limit]), _text.GroupWithHeldOut, _lora.Group with { Title = "Shape of the adapter" }, .. _loop.Groups, HubFlags];

    public override IReadOnlyList<string> Examples =>
    [
        "adapterhub runs start --base inkwell --data adapterhub/devils-dictionary-dataset:train.jsonl --target ada/devil --watch",
        "adapterhub runs sweep --base inkwell --data adapterhub/devils-dictionary-dataset:train.jsonl --target ada/devil --try rank=4,16 --try rate=3e-4,1e-3",
        "adapterhub runs list", "adapterhub runs watch 17", "adapterhub runs cancel 17",
    ];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        using var client = Connect(invocation);
        switch (invocation.Get(_deed))
        {
            case "start":
                return await StartAsync(client, invocation).ConfigureAwait(false);
            case "sweep":
                return await SweepAsync(client, invocation).ConfigureAwait(false);
            case "forecast":
                return await ForecastAsync(client, invocation).ConfigureAwait(false);
            case "list":
                return await ListAsync(client, invocation).ConfigureAwait(false);
            case "sweeps":
                return await ListSweepsAsync(client, invocation).ConfigureAwait(false);
            case "watch":
                return await WatchAsync(client, invocation, Run(invocation)).ConfigureAwait(false);
            case "cancel" or "pause" or "resume" or "retry":
                Show(invocation, await client.SteerRunAsync(Run(invocation), invocation.Get(_deed), invocation.Stop).ConfigureAwait(false));
                return ExitCode.Ok;
            default:
                throw new RunInputException($"runs {invocation.Get(_deed)}: there is start, sweep, forecast, list, sweeps, watch, cancel, pause, resume and retry.");
        }
    }

    private long Run(Invocation invocation) => invocation.Get(_run) ?? throw new RunInputException($"runs {invocation.Get(_deed)} needs the number of a run; `adapterhub runs list` shows them.");

    private async Task<int> StartAsync(HubClient client, Invocation invocation)
    {
        var asked = await ReadAsync(client, invocation).ConfigureAwait(false);
        var run = await client.StartRunAsync(asked, invocation.Stop).ConfigureAwait(false);
        Show(invocation, run);
        if (asked.Evaluate is not null && !invocation.IsJson && (await client.GetRunAsync(run.Id, invocation.Stop).ConfigureAwait(false)).Then is [var next, ..])
            invocation.Terminal.Out.WriteLine($"run {next} measures the adapter when it is trained");
        return invocation.Get(_watch) ? await WatchAsync(client, invocation, run.Id).ConfigureAwait(false) : ExitCode.Ok;
    }

    /// <summary>The run that the flags ask for; files that lie here are sent first.</summary>
    private async Task<HubNewRun> ReadAsync(HubClient client, Invocation invocation)
    {
        var deed = invocation.Get(_deed);
        if (invocation.Get(_base) is not { } model || invocation.Get(_target) is not { } target)
            throw new RunInputException($"runs {deed} needs --base and --target, and --data.");
        var text = invocation.Parse.GetResult(_text.Group.Flags[0]) is null ? throw new RunInputException($"runs {deed} needs --data.") : _text.Read(invocation);
        text = text with { Files = await SentAsync(client, text.Files, invocation.Stop).ConfigureAwait(false), EvaluationFiles = await SentAsync(client, text.EvaluationFiles, invocation.Stop).ConfigureAwait(false) };
        var spec = SettingFlags.Checked<RunSpec>(new TrainSpec
        {
            Base = model, Output = "output", Data = text, Lora = _lora.Read(invocation), Loop = _loop.Read(invocation), Device = _loop.Device(invocation),
        });
        return new HubNewRun
        {
            Spec = JsonSerializer.SerializeToElement(spec, ProtocolJson.Default.RunSpec), Name = invocation.Get(_name), Target = target, Key = invocation.Get(_key),
            Visibility = invocation.Get(_public) ? HubVisibility.Public : null, Public = invocation.Get(_public) ? true : null,
            After = invocation.Parse.GetResult(_after) is null ? null : invocation.Get(_after),
            Evaluate = deed == "start" && invocation.Parse.GetResult(_evaluate) is not null ? await SentAsync(client, invocation.Get(_evaluate), invocation.Stop).ConfigureAwait(false) : null,
        };
    }

    /// <summary>What lies here is sent; everything else is a name of the hub.</summary>
    private static async Task<List<string>> SentAsync(HubClient client, IReadOnlyList<string> names, CancellationToken cancel)
    {
        var references = new List<string>();
        foreach (var name in names)
            references.Add(File.Exists(name) ? (await client.SendRunTextAsync(name, cancel).ConfigureAwait(false)).Reference : name);
        return references;
    }

    private async Task<int> ListAsync(HubClient client, Invocation invocation)
    {
        var page = await client.ListRunsAsync(string.Create(CultureInfo.InvariantCulture, $"take={invocation.Get(_limit)}"), invocation.Stop).ConfigureAwait(false);
        if (invocation.IsJson)
        {
            foreach (var run in page.Runs)
                invocation.WriteJson(run);
            return ExitCode.Ok;
        }

        if (page.Runs.Count == 0)
            invocation.Terminal.Out.WriteLine("There are no runs.");
        else
            invocation.Terminal.WriteTable(["run", "name", "state", "step", "loss", "held-out", "owner", "worker"], [.. page.Runs.Select(run => (IReadOnlyList<string>)
            [
                run.Id.ToString(CultureInfo.InvariantCulture), run.Name, run.State.ToString().ToLowerInvariant(), run.Steps > 0 ? $"{run.Step}/{run.Steps}" : "",
                run.Loss is { } loss ? Words.Loss(loss) : "", run.HeldOutLoss is { } heldOut ? Words.Loss(heldOut) : "", run.Owner, run.Worker ?? "",
            ])]);
        return ExitCode.Ok;
    }

    private static async Task<int> WatchAsync(HubClient client, Invocation invocation, long run)
    {
        double? heldOut = null;
        var state = HubRunState.Queued;
        await foreach (var happened in client.WatchRunAsync(run, 0, invocation.Stop).ConfigureAwait(false))
        {
            heldOut = happened is HeldOutMeasured { Loss: { } loss } ? loss : heldOut;
            state = happened is RunStateChanged changed ? changed.State : state;
            if (invocation.IsJson)
            {
                invocation.WriteJson(happened);
                continue;
            }

            foreach (var line in happened is StepTaken step ? [EventText.Step(step, heldOut)] : EventText.Lines(happened))
                invocation.Terminal.Out.WriteLine(line);
        }

        return state == HubRunState.Succeeded ? ExitCode.Ok : ExitCode.InternalError;
    }

    private static void Show(Invocation invocation, HubRun run)
    {
        if (invocation.IsJson)
            invocation.WriteJson(run);
        else
            invocation.Terminal.Out.WriteLine($"run {run.Id} \"{run.Name}\" is {run.State.ToString().ToLowerInvariant()}");
    }
}
