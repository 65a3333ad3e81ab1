using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Hub;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Runs;
using AdapterHub.Worker.Leasing;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>A quota that is used up ends a run in words, where a full disk lets it wait.</summary>
public sealed class RunQuotaTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("quota-").FullName;

    private static CancellationToken Cancel => RunningHub.Cancel;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ResultBeyondTheQuota_FailsTheRunWithAdviceAndKeepsItsCheckpoint()
    {
        await using var runs = await RunHubFixture.StartAsync();
        await runs.Hub.Get<Quotas>().SetAsync(Actor.Hub, "ada", 10, Cancel);
        var spec = new TrainSpec { Base = "ada/base", Output = "output", Data = new TextSource { Files = ["ada/texts"] }, Loop = new LoopSettings { Steps = 1 } };
        var run = (await runs.Hub.Get<RunLauncher>().StartAsync(runs.Ada, new NewRun(spec) { Target = RepositoryName.Of("ada", "mine") }, Cancel)).Run.Id;

        await WorkAsync(runs, run);

        var detail = await runs.Hub.Get<RunReader>().GetDetailAsync(runs.Ada, run, Cancel);
        detail.Run.State.ShouldBe(RunState.Failed);
        detail.Run.Message.ShouldNotBeNull().ShouldContain("your quota of 10 bytes");
        detail.Run.Message!.ShouldContain("Its last checkpoint is kept");
        detail.Checkpoints.ShouldHaveSingleItem().Step.ShouldBe(1);

        await runs.Hub.Get<Quotas>().SetAsync(Actor.Hub, "ada", null, Cancel);
        await runs.Hub.Get<RunDesk>().RetryAsync(runs.Ada, run, Cancel);
        (await (await runs.AddWorkerAsync("next")).LeaseRunAsync(run, Cancel)).Checkpoints.ShouldHaveSingleItem().Step.ShouldBe(1);
    }

    [Fact]
    public async Task QuotaOfRuns_IsAProblemOfItsOwnKind()
    {
        await using var runs = await RunHubFixture.StartAsync("--Runs:UnfinishedPerOwner=1");
        await runs.StartRunAsync();
        using var answer = await runs.Hub.As(runs.Ada).PostAsync(
            "/api/runs", new StringContent("""{"spec":{"kind":"evaluate","base":"ada/base","data":{"files":["ada/texts"]}}}""", Encoding.UTF8, "application/json"), Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var problem = (await answer.Content.ReadFromJsonAsync(HubJson.Default.HubProblem, Cancel))!;
        (problem.Type, problem.Title, problem.Status).ShouldBe(("/api#quota-exceeded", "Quota used up", 403));
        problem.Detail!.ShouldContain("1 are allowed");
        (await runs.Hub.As(null).GetStringAsync(new Uri("/api", UriKind.Relative), Cancel)).ShouldContain("id=\"quota-exceeded\"", Case.Sensitive, "where the type leads to");
    }

    /// <summary>With a program in the trainer's place: one step, a checkpoint of it, a result of two files.</summary>
    private async Task WorkAsync(RunHubFixture runs, long run)
    {
        RunEvent[] told =
        [
            new StepTaken(1, 1, 2, 1e-3, 1, 10, 10, 0) { Number = 1 }, new CheckpointSaved(1, "step 1") { Number = 2 },
            new TrainingFinished
            {
                Number = 3, Output = "output", Steps = 1, KeptStep = 1, Seconds = 1, TrainableParameters = 1, TotalParameters = 2, Tokens = 10, TokensPerSecond = 10, PeakBytes = 1, Loss = 2,
            },
        ];
        await File.WriteAllLinesAsync(Path.Combine(_folder, "events"), told.Select(happened => JsonSerializer.Serialize(happened, ProtocolJson.Default.RunEvent)), Cancel);
        var trainer = Path.Combine(_folder, "trainer");
        await File.WriteAllTextAsync(trainer, $$"""
            output="$(dirname "$1")/output"
            mkdir -p "$output/checkpoints/step-00000001"
            echo state >"$output/checkpoints/step-00000001/state"
            echo "an adapter's settings" >"$output/adapter_config.json"
            echo "an adapter's weights" >"$output/adapter_model.safetensors"
            cat '{{_folder}}/events'
            """, Cancel);
        var options = new WorkerOptions
        {
            Hub = runs.Hub.Address, Token = await runs.AddWorkerTokenAsync("w"), Folder = Path.Combine(_folder, "worker"), Once = run, Trainer = new TrainerCommand("bash", [trainer]),
        };
        await new WorkerLoop(options, TimeProvider.System, _ => { }).RunAsync(Cancel).WaitAsync(Limit, Cancel);
    }
}
