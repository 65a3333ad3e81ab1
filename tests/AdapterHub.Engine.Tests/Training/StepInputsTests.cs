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
