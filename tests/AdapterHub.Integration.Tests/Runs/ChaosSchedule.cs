using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>What is done to one run, and when: all of it follows from the seed.</summary>
internal sealed class ChaosSchedule
{
    private static readonly string[] Kinds = ["kills", "cuts", "disks", "all"];
    private readonly RunScene _scene;
    private readonly Random _random;
    private readonly int _steps;
    private readonly List<string> _done = [];

    public ChaosSchedule(RunScene scene, int seed, int steps) => (_scene, Seed, _random, _steps) = (scene, seed, new Random(seed), steps);

    public int Seed { get; }

    public string Kind => Kinds[Seed % Kinds.Length];

    /// <summary>In order, with the step at which each fell.</summary>
    public IReadOnlyList<string> Done => _done;

    /// <summary>Disturbs the run until it is through, and gives it back finished.</summary>
    public async Task<HubRun> CarryOutAsync(long run)
    {
        if (Kind is "cuts" or "all" && _random.Next(2) == 0)
        {
            // Into the base model or the text on their way, or the lease itself.
            _scene.WorkersWay.CutAfterDown(_random.Next(1, 60_000));
            _done.Add("cut while fetching");
        }

        // Between kills a checkpoint's worth of steps, so that no run meets the limit of workers lost without progress.
        for (var step = _random.Next(0, 12); step < _steps; step += _random.Next(11, 25))
        {
            var when = step;
            var now = await _scene.WaitAsync(run, now => now.Step >= when || now.State == HubRunState.Succeeded);
            if (now.State == HubRunState.Succeeded)
                break;
            var deed = Kind switch { "kills" => _random.Next(0, 4), "cuts" => _random.Next(4, 9), "disks" => _random.Next(9, 12), _ => _random.Next(0, 12) };
            _done.Add($"{await DisturbAsync(deed)} at {now.Step}");
        }

        var finished = await _scene.FinishAsync(run);
        End();
        return finished;
    }

    /// <summary>What is still held back goes on.</summary>
    public void End()
    {
        foreach (var way in new[] { _scene.WorkersWay, _scene.ViewersWay })
        {
            way.CutAfterUp(long.MaxValue);
            way.CutAfterDown(long.MaxValue);
            way.IsDark = false;
        }
    }

    private async Task<string> DisturbAsync(int deed)
    {
        switch (deed)
        {
            case 0:
                return await _scene.KillTrainerAsync() ? "trainer killed" : "no trainer to kill";
            case 1:
                await _scene.KillWorkerAsync();
                _scene.StartWorker();
                return "worker killed";
            case 2:
                await _scene.KillHubAsync();
                await _scene.StartHubAsync();
                return "hub killed";
            case 3:
                await _scene.KillHubAsync();
                await _scene.KillWorkerAsync();
                await _scene.StartHubAsync();
                _scene.StartWorker();
                return "hub and worker killed";
            case < 9:
                return await CutAsync(deed);
            default:
                return await FillAsync(deed);
        }
    }

    private async Task<string> CutAsync(int deed)
    {
        switch (deed)
        {
            case 4:
                _scene.WorkersWay.CutAll();
                return "worker cut off";
            case 5:
                // Events, or a checkpoint on its way.
                var bytes = _random.Next(1, 40_000);
                _scene.WorkersWay.CutAfterUp(bytes);
                return $"upload cut after {bytes} bytes";
            case 6:
                _scene.WorkersWay.CutAfterDown(_random.Next(1, 600));
                return "answer cut";
            case 7:
                _scene.ViewersWay.CutAll();
                await Task.Delay(_random.Next(0, 300), RunScene.Cancel);
                _scene.ViewersWay.CutAfterDown(_random.Next(1, 3000));
                return "viewer cut off twice";
            default:
                (_scene.WorkersWay.IsDark, _scene.ViewersWay.IsDark) = (true, true);
                await Task.Delay(_random.Next(200, 3000), RunScene.Cancel);
                (_scene.WorkersWay.IsDark, _scene.ViewersWay.IsDark) = (false, false);
                return "network dark";
        }
    }

    private async Task<string> FillAsync(int deed)
    {
        if (_scene.Disks is not { } disks)
            return "no small disks on this machine";
        string[] full = deed switch { 9 => [disks.Hub], 10 => [disks.Worker], _ => [disks.Hub, disks.Worker] };
        Array.ForEach(full, disks.Fill);
        await Task.Delay(_random.Next(300, 5000), RunScene.Cancel);
        Array.ForEach(full, disks.MakeRoom);
        return deed switch { 9 => "hub's disk full", 10 => "worker's disk full", _ => "both disks full" };
    }
}
