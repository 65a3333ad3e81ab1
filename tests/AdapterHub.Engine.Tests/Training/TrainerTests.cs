using AdapterHub.Engine.Models;
using AdapterHub.Engine.Training;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Sizing;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public void Run_OnRealText_LowersTheLossAndWritesTheAdapter()
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter();
        var events = new List<TrainingEvent>();
        var report = new Trainer(target, TrainingRig.Rows(), TrainingRig.Rows(), TrainingRig.Options with { Steps = 60, EvaluateEvery = 20, LearningRate = 2e-2 }, rig.Output)
        {
            Report = events.Add,
        }.Run();

        report.Outcome.ShouldBe(TrainingOutcome.Completed);
        report.FinalLoss!.Value.ShouldBeLessThan(report.FirstLoss!.Value - 1);
        report.PerplexityAfter!.Value.ShouldBeLessThan(report.PerplexityBefore!.Value / 2);
        report.TrainableParameters.ShouldBe(target.Binding.Coverage.Parameters);
        report.Tokens.ShouldBeGreaterThan(60 * 32);
        events[0].ShouldBeOfType<TrainingStarted>().Steps.ShouldBe(60);
        events.OfType<TrainingProgress>().SelectMany(progress => progress.Points).Select(point => point.Step).ShouldBe(Enumerable.Range(1, 60));
        events.OfType<TrainingEvaluated>().Select(evaluated => evaluated.Step).ShouldBe([0, 20, 40, 60]);
        events[^1].ShouldBeOfType<TrainingFinished>();
        var adapter = PeftAdapterFolder.Read(rig.Output);
        adapter.Modules.Count.ShouldBe(14);
        adapter.Config.BaseModelNameOrPath.ShouldBe("tiny");
        TrainingReport.Read(Path.Combine(rig.Output, TrainingReport.FileName)).ToJson().ShouldBe(report.ToJson());
    }

    [Fact]
    public void Run_WholeModel_LearnsTheTextAndCanBeLoaded()
    {
        using var rig = new TrainingRig();
        using var model = TrainingRig.MakeTrainable(TrainingRig.Config with { InitializerRange = 0.02 });
        var report = new Trainer(
            new ModelTarget(model, DType.Float32), TrainingRig.Rows(), null, TrainingRig.Options with { Steps = 200, BatchSize = 4, LearningRate = 2e-2, WeightDecay = 0.1 }, rig.Output).Run();
        report.FinalLoss!.Value.ShouldBeLessThan(2.7, "ln(128) = 4.85 at the start, about 3.1 by letter frequencies alone");
        report.TrainableParameters.ShouldBe(report.TotalParameters);
        using var loaded = CausalModel.Load(rig.Output, Device.Cpu, DType.Float32);
        var input = PackedInput.Of([73, 116, 32, 105, 115], Device.Cpu);
        loaded.Logits(input).ToArray<float>().ShouldBe(model.Logits(input).ToArray<float>());
    }

    [Fact]
    public void Run_ManySteps_KeepsNoTensorAlive()
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter(dropout: 0.1);
        var live = new List<long>();
        EarlierTests.FreeTensors();
        new Trainer(target, TrainingRig.Rows(), TrainingRig.Rows(), TrainingRig.Options with { Steps = 12, Accumulation = 2 }, rig.Output)
        {
            Report = told =>
            {
                if (told is TrainingProgress)
                    live.Add(TorchRuntime.CpuMemory.LiveBlocks);
            },
        }.Run();
        live.Count.ShouldBe(12);
        live.Distinct().Count().ShouldBe(1, string.Join(" ", live));
    }

    [Fact]
    public void Run_OneBatchInTwoParts_TakesTheSameSteps()
    {
        var whole = Losses(TrainingRig.Options with { BatchSize = 4, Steps = 6 });
        var parts = Losses(TrainingRig.Options with { BatchSize = 2, Accumulation = 2, Steps = 6 });
        for (var step = 0; step < 6; step++)
            parts[step].ShouldBe(whole[step], 2e-5f, "sums in another order; the tokens are not spread evenly over the parts");
    }

    /// <summary>With dropout the layers that run again have to drop what they dropped the first time, and nothing else draws in between.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void Run_CheckpointedActivations_TakesTheSameSteps(double dropout)
    {
        var kept = Losses(TrainingRig.Options, dropout);
        var again = Losses(TrainingRig.Options with { CheckpointActivations = true }, dropout);
        for (var step = 0; step < kept.Count; step++)
            again[step].ShouldBe(kept[step], 2e-5f, "the same sums in another order");
    }

    [Fact]
    public void Run_SamePromptsAndHeldOutRows_EvaluatesWithoutDropoutAndWithoutChangingTheRun()
    {
        var alone = Losses(TrainingRig.Options, dropout: 0.2);
        using var rig = new TrainingRig();
        using var target = rig.Adapter(dropout: 0.2);
        var events = new List<TrainingEvent>();
        new Trainer(target, TrainingRig.Rows(), TrainingRig.Rows(seed: 9), TrainingRig.Options with { EvaluateEvery = 3, SamplePrompts = ["It is"] }, rig.Output)
        {
            Report = events.Add,
            Sample = prompt => $"{prompt} {Tensor.Rand([1]).Item() >= 0} {target.Binding.Dropout}",
        }.Run();
        events.OfType<TrainingProgress>().SelectMany(progress => progress.Points).Select(point => point.Loss).ShouldBe(alone);
        events.OfType<TrainingEvaluated>().ShouldAllBe(evaluated => evaluated.Evaluation.Samples[0].Text == "It is True 0");
    }

    [Fact]
    public void Run_HeldOutLossRisesAgain_KeepsTheBest()
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter(rank: 16);
        var documents = TrainingRig.Documents();
        // One row over and over: the rest of the text suffers.
        var training = new SequencePacker(new DocumentSlices(documents, [new DocumentSlice(0, 0, 65)]), new PackingOptions(32));
        var report = new Trainer(target, training, TrainingRig.Rows(), TrainingRig.Options with { Steps = 120, EvaluateEvery = 10, LearningRate = 5e-2 }, rig.Output).Run();
        report.KeptStep.ShouldBeInRange(10, 110);
        var best = report.Evaluations.Where(point => point.Step > 0).Min(point => point.Perplexity);
        report.PerplexityAfter.ShouldBe(best);
        Directory.Exists(Path.Combine(rig.Output, Trainer.CheckpointsName, $"step-{report.KeptStep:D8}")).ShouldBeTrue();
    }

    [Fact]
    public void Run_LossBecomesNoNumber_StopsAtTheLastGoodCheckpointWithAdvice()
    {
        using var rig = new TrainingRig();
        using var adapter = rig.Adapter();
        var target = new FaultyTarget(adapter) { PoisonedPass = 7 };
        var trainer = new Trainer(target, TrainingRig.Rows(), null, TrainingRig.Options with { CheckpointEvery = 4 }, rig.Output);
        var error = Should.Throw<TrainingException>(() => trainer.Run());
        error.Failure.ShouldBe(TrainingFailure.Diverged);
        error.Message.ShouldContain("step 7");
        error.Message.ShouldContain("step-00000004");
        error.Message.ShouldContain("--lr, now 0.005");
        adapter.Parameters.SelectMany(parameter => parameter.Value.ToArray<float>()).ShouldAllBe(value => float.IsFinite(value));
        File.Exists(Path.Combine(rig.Output, "adapter_config.json")).ShouldBeFalse();
    }

    [Fact]
    public void Run_NoMemoryForAStep_SaysWhatToChange()
    {
        using var rig = new TrainingRig();
        using var adapter = rig.Adapter();
        var trainer = new Trainer(new FaultyTarget(adapter) { StarvedPass = 6 }, TrainingRig.Rows(), null, TrainingRig.Options with { CheckpointEvery = 4 }, rig.Output);
        var error = Should.Throw<TrainingException>(() => trainer.Run());
        error.Failure.ShouldBe(TrainingFailure.Memory);
        error.Message.ShouldContain("step 6");
        error.Message.ShouldContain("step-00000004");
        error.Message.ShouldContain("--batch");
    }

    [Fact]
    public void Run_EstimateAboveTheMemory_RefusesAndSaysWhatToChange()
    {
        using var rig = new TrainingRig();
        using var adapter = rig.Adapter();
        var target = new FaultyTarget(adapter) { Estimate = new MemoryEstimate(0, 0, 0, 0, 1L << 50, 0) };
        var trainer = new Trainer(target, TrainingRig.Rows(), null, TrainingRig.Options, rig.Output);
        var error = Should.Throw<TrainingException>(() => trainer.Run());
        error.Failure.ShouldBe(TrainingFailure.Memory);
        error.Message.ShouldContain("--checkpoint-activations");
        Directory.Exists(rig.Output).ShouldBeFalse();
    }

    [Fact]
    public void Run_SettingsOutOfRange_NamesAllOfThem()
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter();
        var trainer = new Trainer(target, TrainingRig.Rows(), null, TrainingRig.Options with { LearningRate = 0, BatchSize = -1, Beta2 = 1 }, rig.Output);
        var message = Should.Throw<TrainingException>(() => trainer.Run()).Message;
        message.ShouldContain("learning rate: 0");
        message.ShouldContain("batch size: -1");
        message.ShouldContain("beta2: 1");
    }

    internal static List<float> Losses(TrainingOptions options, double dropout = 0)
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter(dropout);
        var losses = new List<float>();
        new Trainer(target, TrainingRig.Rows(), null, options, rig.Output)
        {
            Report = told => losses.AddRange((told as TrainingProgress)?.Points.Select(point => point.Loss) ?? []),
        }.Run();
        return losses;
    }
}
