using System.Text.Json;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Training;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Training;

/// <summary>Losses of five AdamW steps by PEFT and torch (Golden/golden_training.py).</summary>
public sealed class PeftStepParityTests
{
    /// <summary>Losses of 4 to 11 in f32, after five updates of 1e-2; measured differences are a few 1e-6.</summary>
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("plain")]
    [InlineData("all-linear-rslora")]
    [InlineData("lora-bias")]
    public void Steps_HaveTheLossesOfPeft(string name)
    {
        using var model = CausalModel.Load(GoldenFiles.Path("models", BaseOf(name)), Device.Cpu, DType.Float32);
        using var target = AdapterTarget.From(model, PeftAdapterFolder.Read(GoldenFiles.Path("training", name, "init")));
        var expected = GoldenFiles.Read(GoldenFiles.Path("training", name, "steps.safetensors"), "losses").ToArray<float>();
        var losses = Losses(target, name, expected.Length);
        for (var step = 0; step < expected.Length; step++)
            losses[step].ShouldBe(expected[step], Tolerance, $"step {step}");
    }

    private static string BaseOf(string name)
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(GoldenFiles.Path("training", "cases.json")));
        return cases.RootElement.GetProperty(name).GetProperty("base").GetString()!;
    }

    private static List<float> Losses(AdapterTarget target, string name, int count)
    {
        using var optimizer = new AdamW(target.Parameters, new AdamWSettings(0.9, 0.999, 1e-8, 0, 0));
        using var history = new StepHistory(Device.Cpu, count);
        var batch = Batch(GoldenFiles.Path("training", name, "steps.safetensors"));
        using var seat = new StepSeat(target, optimizer, history, (1, batch.BatchSize, batch.SequenceLength));
        using var step = TrainingStep.Of(seat, null);
        for (var k = 0; k < count; k++)
            step.Run([batch], 1e-2);
        return [.. history.Take(count).Select(point => point.Loss)];
    }

    /// <summary>Labels there stand beside their own tokens, here beside the tokens that predict them.</summary>
    private static TrainingBatch Batch(string file)
    {
        var (ids, labels) = (GoldenFiles.Rows(file, "input_ids"), GoldenFiles.Rows(file, "labels"));
        var batch = TrainingBatch.Create(ids.Length, ids[0].Length);
        for (var row = 0; row < ids.Length; row++)
        {
            for (var at = 0; at < ids[row].Length; at++)
            {
                var place = row * ids[row].Length + at;
                batch.InputIds[place] = ids[row][at];
                batch.Positions[place] = at;
                batch.Labels[place] = at + 1 < ids[row].Length ? labels[row][at + 1] : TrainingBatch.Ignored;
            }
        }

        batch.CumulativeLengths = [.. Enumerable.Range(0, ids.Length + 1).Select(row => row * ids[0].Length)];
        batch.LossTokens = batch.Labels.Count(label => label >= 0);
        return batch;
    }
}
