using AdapterHub.Engine.Training;

namespace AdapterHub.Engine.Tests.Training;

public sealed class CheckpointFolderTests
{
    [Fact]
    public void Write_DiskFull_LeavesEarlierCheckpointsAndNothingHalfWritten()
    {
        using var rig = new TrainingRig();
        using var adapter = rig.Adapter();
        var target = new FaultyTarget(adapter);
        var saves = 0;
        target.OnSave = folder =>
        {
            if (++saves == 1)
            {
                adapter.Save(folder);
                return;
            }

            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "adapter_model.safetensors"), "half");
            // A device that is always full (full(4)): the system's own error, not one made up here.
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
            full.Write(new byte[1 << 16]);
            full.Flush();
        };
        var trainer = new Trainer(target, TrainingRig.Rows(), null, TrainingRig.Options with { CheckpointEvery = 3 }, rig.Output);
        var error = Should.Throw<TrainingException>(() => trainer.Run());
        error.Failure.ShouldBe(TrainingFailure.Checkpoint);
        error.Message.ShouldContain("step 6");
        error.Message.ShouldContain("No space left on device");
        error.Message.ShouldContain("step 3 is whole");
        error.Message.ShouldContain("--resume");
        Directory.EnumerateFileSystemEntries(Path.Combine(rig.Output, Trainer.CheckpointsName)).Select(Path.GetFileName).ShouldBe(["step-00000003"]);

        using var again = rig.Adapter();
        new Trainer(again, TrainingRig.Rows(), null, TrainingRig.Options with { CheckpointEvery = 3 }, rig.Output).Run(resume: true).Step.ShouldBe(12);
    }

    [Fact]
    public void Write_FirstCheckpointFails_LeavesNoFolder()
    {
        using var rig = new TrainingRig();
        var folder = new CheckpointFolder(Path.Combine(rig.Output, "checkpoints"));
        Should.Throw<TrainingException>(() => folder.Write(1, _ => throw new IOException("the disk is gone"))).Message.ShouldContain("the disk is gone");
        Directory.Exists(folder.Path).ShouldBeFalse();
    }

    [Fact]
    public void Prune_KeepsTheNewestAndTheSpared()
    {
        using var rig = new TrainingRig();
        var folder = new CheckpointFolder(rig.Output);
        foreach (var step in new[] { 2, 4, 6, 8, 10 })
            folder.Write(step, path => File.WriteAllText(Path.Combine(path, "x"), ""));
        folder.Prune(2, spared: 4);
        folder.Steps().ShouldBe([4, 8, 10]);
    }

    [Fact]
    public void Run_KeepsTheLastAndTheBest()
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter();
        new Trainer(target, TrainingRig.Rows(), TrainingRig.Rows(), TrainingRig.Options with { CheckpointEvery = 1, KeepCheckpoints = 3 }, rig.Output).Run();
        new CheckpointFolder(Path.Combine(rig.Output, Trainer.CheckpointsName)).Steps().ShouldBe([10, 11, 12]);
    }
}
