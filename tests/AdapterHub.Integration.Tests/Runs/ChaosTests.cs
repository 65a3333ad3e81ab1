using System.Diagnostics;
using System.Globalization;
using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>
/// Schedules of trouble by seed: processes killed, connections cut, disks full. Whatever happens when, nothing is lost, nothing twice, nothing stuck,
/// and the adapter is that of a calm run. Each schedule is told in a line, here and in artifacts/tests/chaos.log.
/// </summary>
public sealed class ChaosTests(TinyBase tiny)
{
    private const int Steps = 40;

    /// <summary>A run takes seconds, and what is done to it some more, even on a machine that has much else to do; one that needs so long will never end.</summary>
    private static readonly TimeSpan Stuck = TimeSpan.FromMinutes(15);

    /// <summary>One of each kind.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public Task FourSchedules_ChangeNothing() => SurviveAsync(0, 4);

    [Fact]
    [Trait("Category", "Slow")]
    public Task FiftySchedules_ChangeNothing() => SurviveAsync(100, 50);

    /// <summary>As many as ADAPTERHUB_CHAOS says, from the seed of ADAPTERHUB_CHAOS_SEED on; for looking into one of them.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public Task AskedSchedules_ChangeNothing()
    {
        Assert.SkipUnless(int.TryParse(Environment.GetEnvironmentVariable("ADAPTERHUB_CHAOS"), CultureInfo.InvariantCulture, out var schedules), "ADAPTERHUB_CHAOS asks for none.");
        return SurviveAsync(int.Parse(Environment.GetEnvironmentVariable("ADAPTERHUB_CHAOS_SEED") ?? "0", CultureInfo.InvariantCulture), schedules);
    }

    private async Task SurviveAsync(int firstSeed, int schedules)
    {
        await using var scene = await RunScene.CreateAsync(tiny, onSmallDisks: true);
        _ = (scene.WorkersWay, scene.ViewersWay);
        await scene.StartHubAsync();
        scene.StartWorker();
        var calm = await scene.StartRunAsync("calm", Steps);
        var adapter = await scene.AdapterAsync(await scene.FinishAsync(calm));
        var curve = RunScene.Curve(await scene.EventsAsync(calm));
        var (lost, duplicated, stuck, different, done) = (0, 0, 0, 0, 0);
        // After one that is stuck hub and worker may be gone: there is nothing to disturb any more.
        for (var seed = firstSeed; seed < firstSeed + schedules && stuck == 0; seed++, done++)
        {
            var watch = Stopwatch.StartNew();
            var schedule = new ChaosSchedule(scene, seed, Steps);
            var outcome = await JudgeAsync(scene, schedule, curve, adapter);
            (lost, duplicated, stuck, different) = (lost + outcome.Lost, duplicated + outcome.Duplicated, stuck + outcome.Stuck, different + outcome.Different);
            Tell(string.Create(CultureInfo.InvariantCulture, $"seed {seed}  {schedule.Kind,-5}  {watch.Elapsed.TotalSeconds,5:F1} s  {outcome}  {string.Join(", ", schedule.Done)}"));
            if (outcome.Stuck > 0)
                Tell(scene.Output);
        }

        Tell($"{done} schedules, {lost} lost, {duplicated} duplicated, {stuck} stuck, {different} different");
        (lost, duplicated, stuck, different).ShouldBe((0, 0, 0, 0));
    }

    private static async Task<Outcome> JudgeAsync(RunScene scene, ChaosSchedule schedule, IReadOnlyList<string> curve, IReadOnlyList<string> adapter)
    {
        var run = await scene.StartRunAsync($"chaos-{schedule.Seed}", Steps);
        var viewer = scene.WatchAsync(run);
        HubRun finished;
        List<long> seen;
        try
        {
            finished = await Within(schedule.CarryOutAsync(run));
            seen = await Within(viewer);
        }
        catch (TimeoutException)
        {
            schedule.End();
            return new Outcome(Stuck: 1);
        }
        catch (InvalidOperationException ended)
        {
            // It failed, which nothing here may make it do: as good as lost.
            Tell(ended.Message);
            return new Outcome(Stuck: 1);
        }

        var events = await scene.EventsAsync(run);
        var numbers = events.Select(happened => happened.Number).ToList();
        var (steps, ours) = (Steps, RunScene.Curve(events));
        return new Outcome(
            Lost: Missing(numbers, events.Count) + Missing(seen, events.Count) + (steps - events.OfType<StepTaken>().DistinctBy(step => step.Step).Count())
                + Math.Max(0, 1 - events.Count(happened => happened is AdapterPublished)),
            Duplicated: Twice(numbers) + Twice(seen) + Twice([.. events.OfType<StepTaken>().Select(step => (long)step.Step)]) + Math.Max(0, events.Count(happened => happened is AdapterPublished) - 1),
            Different: ours.SequenceEqual(curve) && (await scene.AdapterAsync(finished)).SequenceEqual(adapter) ? 0 : 1);
    }

    private static int Missing(List<long> numbers, int count) => count - numbers.Distinct().Count(number => number >= 1 && number <= count);

    private static int Twice(List<long> numbers) => numbers.Count - numbers.Distinct().Count();

    private static Task<T> Within<T>(Task<T> work) => work.WaitAsync(Stuck, RunScene.Cancel);

    private static void Tell(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        Console.WriteLine(line);
        File.AppendAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "tests")).FullName, "chaos.log"), line + "\n");
    }

    private sealed record Outcome(int Lost = 0, int Duplicated = 0, int Stuck = 0, int Different = 0)
    {
        public override string ToString() => this == new Outcome() ? "as undisturbed" : $"{Lost} lost, {Duplicated} duplicated, {Stuck} stuck, {Different} different";
    }
}
