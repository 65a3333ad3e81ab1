using AdapterHub.Engine.Training;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Training;

/// <summary>A run that stops in any way and goes on has the losses and the parameters of one that never stopped, bit for bit.</summary>
public sealed class ResumeTests
{
    private static readonly TrainingOptions Options = TrainingRig.Options with { Accumulation = 2, Steps = 11, CheckpointEvery = 3, EvaluateEvery = 5 };

    [Theory]
    [InlineData(4, 3)]
    [InlineData(6, 5)]
    [InlineData(11, 10)]
    public void KilledRun_Resumed_EqualsAnUninterruptedOne(int killedAt, int newestCheckpoint)
    {
        var (losses, adapter) = Uninterrupted();
        using var rig = new TrainingRig();
        using (var target = rig.Adapter(dropout: 0.1))
        {
            // Nothing of the run may be written after this: as after kill -9.
            Should.Throw<KilledException>(() => Make(rig, target, told => _ = told is TrainingProgress && told.Step == killedAt ? throw new KilledException() : 0).Run());
        }

        Directory.CreateDirectory(Path.Combine(rig.Output, Trainer.CheckpointsName, ".writing-00000099"));
        var resumed = Resume(rig);
        resumed.Losses.ShouldBe(losses.Skip(newestCheckpoint));
        resumed.Report.Curve.Select(point => point.Loss).ShouldBe(losses);
        resumed.Adapter.ShouldBe(adapter);
        Directory.Exists(Path.Combine(rig.Output, Trainer.CheckpointsName, ".writing-00000099")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void CancelledRun_LeavesACheckpointAndResumesExactly(int cancelledAt)
    {
        var (losses, adapter) = Uninterrupted();
        using var rig = new TrainingRig();
        using (var target = rig.Adapter(dropout: 0.1))
        using (var cancel = new CancellationTokenSource())
        {
            var report = Make(rig, target, told =>
            {
                if (told.Step == cancelledAt - 1)
                    cancel.Cancel();
            }).Run(cancellation: cancel.Token);
            report.Outcome.ShouldBe(TrainingOutcome.Cancelled);
            report.Step.ShouldBe(cancelledAt);
            Directory.Exists(report.Checkpoint).ShouldBeTrue();
            File.Exists(Path.Combine(report.Checkpoint!, "adapter", "adapter_model.safetensors")).ShouldBeTrue();
            File.Exists(Path.Combine(rig.Output, "adapter_model.safetensors")).ShouldBeFalse("an unfinished run must not look finished");
        }

        var resumed = Resume(rig);
        resumed.Losses.ShouldBe(losses.Skip(cancelledAt));
        resumed.Adapter.ShouldBe(adapter);
    }

    [Fact]
    public void WholeModel_ResumesExactly()
    {
        using var rig = new TrainingRig();
        List<float> Train(string folder, int? cancelAt, bool resume)
        {
            using var model = TrainingRig.MakeTrainable();
            using var cancel = new CancellationTokenSource();
            var losses = new List<float>();
            new Trainer(new ModelTarget(model), TrainingRig.Rows(), TrainingRig.Rows(), TrainingRig.Options with { WeightDecay = 0.1 }, Path.Combine(rig.Folder, folder))
            {
                Report = told =>
                {
                    losses.AddRange((told as TrainingProgress)?.Points.Select(point => point.Loss) ?? []);
                    if (told.Step == cancelAt)
                        cancel.Cancel();
                },
            }.Run(resume, cancel.Token);
            return losses;
        }

        var whole = Train("a", null, false);
        Train("b", 6, false);
        Train("b", null, true).ShouldBe(whole.Skip(7));
    }

    [Fact]
    public void FinishedRun_ResumedAgain_OnlyWritesTheResult()
    {
        using var rig = new TrainingRig();
        using (var target = rig.Adapter(dropout: 0.1))
            Make(rig, target).Run();
        var before = File.ReadAllBytes(Path.Combine(rig.Output, "adapter_model.safetensors"));
        File.Delete(Path.Combine(rig.Output, "adapter_model.safetensors"));
        Resume(rig).Losses.ShouldBeEmpty();
        File.ReadAllBytes(Path.Combine(rig.Output, "adapter_model.safetensors")).ShouldBe(before);
    }

    [Fact]
    public void OtherSettings_AreRefusedByNameWithBothValues()
    {
        using var rig = new TrainingRig();
        using (var target = rig.Adapter(dropout: 0.1))
            Make(rig, target).Run();
        using var other = rig.Adapter(dropout: 0.3, rank: 2);
        var error = Should.Throw<TrainingException>(() => new Trainer(other, TrainingRig.Rows(seed: 4), null, Options with { LearningRate = 1e-4 }, rig.Output).Run(resume: true));
        error.Failure.ShouldBe(TrainingFailure.Resume);
        error.Message.ShouldContain("learning rate was 0.005 and is 0.0001");
        error.Message.ShouldContain("rank was 4 and is 2");
        error.Message.ShouldContain("dropout was 0.1 and is 0.3");
        error.Message.ShouldContain("training data was");
        error.Message.ShouldContain("held-out data was");
    }

    [Fact]
    public void NoCheckpoint_SaysSo()
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter();
        Should.Throw<TrainingException>(() => Make(rig, target).Run(resume: true)).Message.ShouldContain("no checkpoint");
    }

    [Fact]
    public void NewRunIntoAFolderInUse_IsRefused()
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter(dropout: 0.1);
        Make(rig, target).Run();
        var error = Should.Throw<TrainingException>(() => Make(rig, target).Run());
        error.Failure.ShouldBe(TrainingFailure.Output);
        error.Message.ShouldContain("--resume");
    }

    [Fact]
    public void DamagedCheckpoint_IsRefusedByName()
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter(dropout: 0.1);
        Make(rig, target).Run();
        var tensors = Path.Combine(rig.Output, Trainer.CheckpointsName, "step-00000011", "trainer.safetensors");
        File.WriteAllBytes(tensors, File.ReadAllBytes(tensors)[..^10]);
        var error = Should.Throw<TrainingException>(() => Make(rig, target).Run(resume: true));
        error.Failure.ShouldBe(TrainingFailure.Resume);
        error.Message.ShouldContain("step-00000011");
    }

    private static (List<float> Losses, byte[] Adapter) Uninterrupted()
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter(dropout: 0.1);
        var losses = new List<float>();
        Make(rig, target, told => losses.AddRange((told as TrainingProgress)?.Points.Select(point => point.Loss) ?? [])).Run();
        losses.Count.ShouldBe(Options.Steps!.Value);
        return (losses, File.ReadAllBytes(Path.Combine(rig.Output, "adapter_model.safetensors")));
    }

    private static (List<float> Losses, byte[] Adapter, TrainingReport Report) Resume(TrainingRig rig)
    {
        // Whatever the process drew before must not matter.
        TorchRandom.Seed(4711);
        using var target = rig.Adapter(dropout: 0.1);
        var losses = new List<float>();
        var report = Make(rig, target, told => losses.AddRange((told as TrainingProgress)?.Points.Select(point => point.Loss) ?? [])).Run(resume: true);
        return (losses, File.ReadAllBytes(Path.Combine(rig.Output, "adapter_model.safetensors")), report);
    }

    private static Trainer Make(TrainingRig rig, ITrainingTarget target, Action<TrainingEvent>? report = null) =>
        new(target, TrainingRig.Rows(), TrainingRig.Rows(seed: 9), Options, rig.Output) { Report = report ?? (_ => { }) };

    private sealed class KilledException : Exception;
}
