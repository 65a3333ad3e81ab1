using AdapterHub.Engine.Training;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Engine.Tests.Training;

public sealed class JointTrainerTests
{
    /// <summary>Different in all that may differ: rank, targets, rows a pass, data, length, rate.</summary>
    private static readonly Case[] Cases =
    [
        new("a", 4, 11, ["all-linear"], TrainingRig.Options, DataSeed: 3),
        new("b", 4, 12, ["all-linear"], TrainingRig.Options with { LearningRate = 1e-2, Seed = 9 }, DataSeed: 4),
        new("c", 8, 13, ["q_proj", "down_proj"], TrainingRig.Options with { Steps = 7, BatchSize = 3, EvaluateEvery = 3, CheckpointEvery = 5 }, DataSeed: 5),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_SeveralAdapters_LearnAsEachAlone(bool checkpointed)
    {
        using var rig = new TrainingRig();
        var cases = Cases.Select(one => one with { Options = one.Options with { CheckpointActivations = checkpointed, Accumulation = 2 } }).ToList();
        var alone = cases.Select(one => one.Alone(rig)).ToList();
        var together = Together(rig, cases);
        foreach (var (one, expected, run) in cases.Zip(alone, together))
        {
            run.Fault.ShouldBeNull();
            run.Report!.Step.ShouldBe(expected.Step);
            run.Report.Tokens.ShouldBe(expected.Tokens);
            var points = run.Events.OfType<TrainingProgress>().SelectMany(progress => progress.Points).ToList();
            points.Select(point => point.Step).ShouldBe(Enumerable.Range(1, expected.Step));
            foreach (var (point, before) in points.Zip(expected.Curve))
                ((double)point.Loss).ShouldBe(before.Loss, 1e-4, one.Name);
            run.Report.Evaluations.Select(evaluation => evaluation.Step).ShouldBe(expected.Evaluations.Select(evaluation => evaluation.Step));
            run.Report.Evaluations[^1].Loss!.Value.ShouldBe(expected.Evaluations[^1].Loss!.Value, 1e-4);
            LargestDifference(rig, one).ShouldBeLessThan(1e-3, one.Name);
        }
    }

    [Fact]
    public void Run_OneCancelled_TheOthersEndAndItCanBeResumed()
    {
        using var rig = new TrainingRig();
        using var stop = new CancellationTokenSource();
        var together = Together(rig, Cases, (name, told) =>
        {
            if (name == "a" && told is TrainingProgress { Step: 5 })
                stop.Cancel();
        }, name => name == "a" ? stop.Token : CancellationToken.None);
        together[0].Report!.Outcome.ShouldBe(TrainingOutcome.Cancelled);
        together[0].Report!.Step.ShouldBe(6);
        together.Skip(1).ShouldAllBe(run => run.Report!.Outcome == TrainingOutcome.Completed);

        var resumed = Together(rig, Cases[..1], resume: true)[0];
        resumed.Report!.Step.ShouldBe(12);
        resumed.Events.OfType<TrainingProgress>().SelectMany(progress => progress.Points).Select(point => point.Step).ShouldBe(Enumerable.Range(7, 6));
        Cases[0].Alone(rig);
        LargestDifference(rig, Cases[0]).ShouldBeLessThan(1e-3);
    }

    [Fact]
    public void Run_OneDiverges_TheOthersEnd()
    {
        using var rig = new TrainingRig();
        var together = Together(rig, [Cases[0], Cases[1] with { Options = Cases[1].Options with { LearningRate = 1e30, ClipNorm = 0 } }, Cases[2]]);
        together[1].Fault.ShouldBeOfType<TrainingException>().Failure.ShouldBe(TrainingFailure.Diverged);
        together[0].Report!.Outcome.ShouldBe(TrainingOutcome.Completed);
        together[2].Report!.Outcome.ShouldBe(TrainingOutcome.Completed);
    }

    [Fact]
    public void Run_WithWhatCannotBeShared_SaysSo()
    {
        using var rig = new TrainingRig();
        Should.Throw<TrainingException>(() => Together(rig, [Cases[0], Cases[1] with { Options = Cases[1].Options with { Accumulation = 2 } }]))
            .Message.ShouldBe("the accumulation differs (1, 2); adapters that are trained together share it");
        Should.Throw<TrainingException>(() => Together(rig, [Cases[0], Cases[1] with { Targets = ["embed_tokens"] }])).Message.ShouldContain("trained alone");
    }

    private static List<Outcome> Together(
        TrainingRig rig, IReadOnlyList<Case> cases, Action<string, TrainingEvent>? watch = null, Func<string, CancellationToken>? stop = null, bool resume = false)
    {
        var outcomes = cases.Select(_ => new Outcome()).ToList();
        var opened = new List<IDisposable>();
        try
        {
            var members = cases.Zip(outcomes, (one, outcome) =>
            {
                var view = rig.Model.Share();
                var target = one.Target(view);
                opened.AddRange([target, view]);
                void Report(TrainingEvent told)
                {
                    outcome.Events.Add(told);
                    watch?.Invoke(one.Name, told);
                }

                return new JointMember(
                    one.Trainer(target, Path.Combine(rig.Folder, "together", one.Name), Report), resume, report => outcome.Report = report, reason => outcome.Fault = reason,
                    stop?.Invoke(one.Name) ?? CancellationToken.None);
            }).ToList();
            new JointTrainer(rig.Model).Run(members);
        }
        finally
        {
            opened.ForEach(thing => thing.Dispose());
        }

        return outcomes;
    }

    /// <summary>Between the factors of the adapter trained alone and together.</summary>
    private static double LargestDifference(TrainingRig rig, Case one)
    {
        var (alone, together) = (PeftAdapterFolder.Read(Path.Combine(rig.Folder, "alone", one.Name)), PeftAdapterFolder.Read(Path.Combine(rig.Folder, "together", one.Name)));
        alone.Modules.Select(module => module.Path).ShouldBe(together.Modules.Select(module => module.Path));
        return alone.Modules.Zip(together.Modules, (first, second) =>
            new[] { (first.A, second.A), (first.B, second.B) }.Max(pair => pair.Item1.ToSingles().Zip(pair.Item2.ToSingles(), (x, y) => Math.Abs(x - y)).Max())).Max();
    }

    private sealed record Case(string Name, int Rank, ulong Seed, string[] Targets, TrainingOptions Options, ulong DataSeed)
    {
        public AdapterTarget Target(Engine.Models.CausalModel model) => AdapterTarget.Fresh(
            model, new PeftConfig { Rank = Rank, LoraAlpha = 8, TargetModules = Targets is ["all-linear"] ? ModuleSelection.AllLinear : ModuleSelection.FromNames(Targets) }, Seed, "tiny");

        public Trainer Trainer(AdapterTarget target, string folder, Action<TrainingEvent> report) =>
            new(target, TrainingRig.Rows(seed: DataSeed), TrainingRig.Rows(), Options, folder) { Report = report };

        public TrainingReport Alone(TrainingRig rig)
        {
            using var view = rig.Model.Share();
            using var target = Target(view);
            return Trainer(target, Path.Combine(rig.Folder, "alone", Name), _ => { }).Run();
        }
    }

    private sealed class Outcome
    {
        public List<TrainingEvent> Events { get; } = [];

        public TrainingReport? Report { get; set; }

        public Exception? Fault { get; set; }
    }
}
