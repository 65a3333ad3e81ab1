using AdapterHub.Engine.Training;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Training;

public sealed class StepInputsTests
{
    [Fact]
    public void Fill_LaysOutEveryMicroBatch()
    {
        var stream = new BatchStream(TrainingRig.Rows(16), 3);
        TrainingBatch[] batches = [stream.Next(), stream.Next()];
        using var inputs = new StepInputs(Device.Cpu, 2, 3, 16, documents: 31);
        inputs.Fits(batches).ShouldBeTrue();
        inputs.Fill(batches, 0.25);
        for (var k = 0; k < 2; k++)
        {
            var ((ids, positions, cumulative, longest), labels) = inputs.MicroBatches[k];
            ids.ToArray<long>().ShouldBe(batches[k].InputIds.Select(id => (long)id));
            positions.ToArray<long>().ShouldBe(batches[k].Positions.Select(position => (long)position));
            labels.ToArray<long>().ShouldBe(batches[k].Labels.Select(label => (long)label));
            var boundaries = cumulative.ToArray<int>();
            boundaries.Length.ShouldBe(32);
            boundaries.Take(batches[k].CumulativeLengths.Length).ShouldBe(batches[k].CumulativeLengths);
            boundaries.Skip(batches[k].CumulativeLengths.Length).ShouldAllBe(end => end == 48);
            longest.ShouldBe(16);
        }

        inputs.Scale.Item().ShouldBe(1.0 / batches.Sum(batch => batch.LossTokens), 1e-9);
        inputs.Rate.Item().ShouldBe(0.25);
    }

    [Fact]
    public void Fits_MoreDocumentsThanRoom_IsFalse()
    {
        var batch = new BatchStream(TrainingRig.Rows(16), 3).Next();
        using var inputs = new StepInputs(Device.Cpu, 1, 3, 16, documents: batch.CumulativeLengths.Length - 2);
        inputs.Fits([batch]).ShouldBeFalse();
    }

    [Fact]
    public void Fill_DocumentsOfNoLength_ChangeNeitherLossNorGradients()
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter();
        var batch = new BatchStream(TrainingRig.Rows(), 2).Next();
        var exact = LossAndGradients(target, batch, batch.CumulativeLengths.Length - 1);
        LossAndGradients(target, batch, 40).ShouldBe(exact);
    }

    [Fact]
    public void TrainingStep_MoreDocumentsThanBefore_MakesRoom()
    {
        using var rig = new TrainingRig();
        using var target = rig.Adapter();
        using var optimizer = new AdamW(target.Parameters, new AdamWSettings(0.9, 0.999, 1e-8, 0, 1));
        using var history = new StepHistory(Device.Cpu, 2);
        using var seat = new StepSeat(target, optimizer, history, (1, 2, 32));
        using var step = TrainingStep.Of(seat, null);
        var few = new BatchStream(TrainingRig.Rows(), 2).Next();
        var many = Cut(few, length: 4);
        var expected = LossAndGradients(target, many, many.CumulativeLengths.Length - 1)[0];
        step.Run([few], 0);
        step.Run([many], 0);
        history.Take(2)[1].Loss.ShouldBe(expected);
    }

    /// <summary>The same tokens in documents of this length.</summary>
    private static TrainingBatch Cut(TrainingBatch batch, int length)
    {
        var cut = TrainingBatch.Create(batch.BatchSize, batch.SequenceLength);
        batch.InputIds.CopyTo(cut.InputIds, 0);
        batch.Labels.CopyTo(cut.Labels, 0);
        for (var place = 0; place < cut.Positions.Length; place++)
            cut.Positions[place] = place % length;
        cut.CumulativeLengths = [.. Enumerable.Range(0, cut.Positions.Length / length + 1).Select(document => document * length)];
        cut.LossTokens = batch.LossTokens;
        return cut;
    }

    private static List<float> LossAndGradients(AdapterTarget target, TrainingBatch batch, int documents)
    {
        using var scope = new TensorScope();
        using var inputs = new StepInputs(Device.Cpu, 1, batch.BatchSize, batch.SequenceLength, documents);
        inputs.Fill([batch], 0);
        var loss = target.Loss(inputs.MicroBatches[0].Input, inputs.MicroBatches[0].Labels, inputs.Scale);
        target.Backward(loss);
        var result = new List<float> { (float)loss.Item() };
        foreach (var (_, parameter) in target.Parameters)
        {
            result.AddRange(parameter.Grad!.ToArray<float>());
            parameter.Grad = null;
        }

        return result;
    }
}
