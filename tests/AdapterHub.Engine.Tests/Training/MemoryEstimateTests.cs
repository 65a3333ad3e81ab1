using AdapterHub.Engine.Training;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Formats.Sizing;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Training;

public sealed class MemoryEstimateTests
{
    /// <summary>The formula counts what it knows of; measured peaks may be this much larger or smaller.</summary>
    private const double Tolerance = 0.15;

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 0.1)]
    public void ForAdapter_IsNearTheMeasuredPeak(bool checkpointed, double dropout)
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter(dropout);
        Ratio(target, checkpointed).ShouldBeInRange(1 - Tolerance, 1 + Tolerance);
    }

    [Fact]
    public void ForModel_IsNearTheMeasuredPeak()
    {
        using var model = TrainingRig.MakeTrainable();
        Ratio(new ModelTarget(model), checkpointed: false).ShouldBeInRange(1 - Tolerance, 1 + Tolerance);
    }

    [Fact]
    public void Compare_TooLittleMemory_NamesABatchThatFits()
    {
        var estimate = new MemoryEstimate(1 << 30, 0, 0, 0, Activations: 8L << 30, Head: 0);
        var shortage = estimate.Compare(5L << 30, rows: 8, checkpointed: false)!;
        shortage.IsCertain.ShouldBeTrue();
        shortage.Message.ShouldContain("--batch 4");
        shortage.Message.ShouldContain("--checkpoint-activations");
        estimate.Compare(9L << 30, 8, true)!.IsCertain.ShouldBeFalse();
        estimate.Compare(16L << 30, 8, true).ShouldBeNull();
    }

    /// <summary>Estimate of a step over 64 rows of 64, activations then being nearly all, to what libtorch held at most.</summary>
    private static double Ratio(ITrainingTarget target, bool checkpointed)
    {
        const int rows = 64, sequence = 64;
        target.CheckpointActivations = checkpointed;
        var batch = new BatchStream(TrainingRig.Rows(sequence, copies: 8), rows).Next();
        using var optimizer = new AdamW(target.Parameters, new AdamWSettings(0.9, 0.999, 1e-8, 0, 1));
        using var history = new StepHistory(Device.Cpu, 2);
        using var seat = new StepSeat(target, optimizer, history, (1, rows, sequence));
        using var step = TrainingStep.Of(seat, null);
        step.Run([batch], 1e-3);
        EarlierTests.FreeTensors();
        TorchRuntime.ResetCpuPeak();
        var before = TorchRuntime.CpuMemory.LiveBytes;
        step.Run([batch], 1e-3);
        var estimate = target.EstimateMemory(rows, sequence, checkpointed);
        return (estimate.Activations + estimate.Head) / (double)(TorchRuntime.CpuMemory.PeakBytes - before);
    }
}
