using System.Diagnostics;
using AdapterHub.Engine.Training;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Benchmarks;

/// <summary>The trainer's own step and generation on a GPU in bf16, LoRA r 16 on all linears, random weights: the shapes of shared/bench/peft_h100.py.</summary>
internal static class GpuBenchmark
{
    private const int Steps = 20;

    internal static int Run(string[] cases)
    {
        Console.WriteLine($"libtorch {TorchRuntime.Version}, {CudaRuntime.GetDevice(0).Name}");
        foreach (var (shape, batch, sequence) in new[] { ("12M", 16, 512), ("135M", 8, 1024), ("1B", 4, 1024), ("8B", 1, 2048) })
            if (cases.Length == 0 || cases.Contains(shape))
                foreach (var graph in new[] { true, false })
                    Train(shape, batch, sequence, graph);
        foreach (var rows in new[] { 1, 32 })
            if (cases.Length == 0 || cases.Contains("1B"))
                Console.WriteLine($"generate 1B B{rows} adapters=1: {TrainSpeed.Generate("1B", Device.Cuda(), DType.BFloat16, 128, rows):F0} tok/s");
        return 0;
    }

    private static void Train(string shape, int batch, int sequence, bool graph)
    {
        CudaRuntime.EmptyCache();
        CudaRuntime.ResetPeak();
        using var model = TrainSpeed.Frozen(shape, Device.Cuda(), DType.BFloat16);
        using var target = AdapterTarget.Fresh(model, new PeftConfig { Rank = 16, LoraAlpha = 32, TargetModules = ModuleSelection.AllLinear }, seed: 1);
        using var optimizer = new AdamW(target.Parameters, new AdamWSettings(0.9, 0.999, 1e-8, 0.01, 1));
        using var history = new StepHistory(Device.Cuda(), Steps + 8);
        using var seat = new StepSeat(target, optimizer, history, (1, batch, sequence));
        using var step = TrainingStep.Of(seat, graph ? reason => Console.WriteLine($"not captured: {reason.Message}") : null);
        var batches = new[] { RandomBatch(batch, sequence, model.Config.VocabularySize) };
        for (var i = 0; i < 5; i++)
            step.Run(batches, 1e-4);
        CudaRuntime.Synchronize();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Steps; i++)
            step.Run(batches, 1e-4);
        CudaRuntime.Synchronize();
        var seconds = watch.Elapsed.TotalSeconds;
        var losses = history.Take(Steps + 5);
        Console.WriteLine($"train {shape} B{batch} S{sequence} graph={graph}: {Steps * batch * sequence / seconds:F0} tok/s, {1000 * seconds / Steps:F1} ms/step, "
            + $"peak {CudaRuntime.Memory().PeakBytes / (double)(1 << 30):F2} GiB, {CudaRuntime.FindUtilization()} % in use, loss {losses[0].Loss:F3} to {losses[^1].Loss:F3}");
    }

    internal static TrainingBatch RandomBatch(int rows, int sequence, int vocabulary)
    {
        var state = 7UL;
        int Draw() => (int)((state = state * 6364136223846793005 + 1442695040888963407) >> 33) % vocabulary;
        return new TrainingBatch
        {
            BatchSize = rows,
            SequenceLength = sequence,
            InputIds = [.. Enumerable.Range(0, rows * sequence).Select(_ => Draw())],
            Labels = [.. Enumerable.Range(0, rows * sequence).Select(_ => Draw())],
            Positions = [.. Enumerable.Range(0, rows * sequence).Select(place => place % sequence)],
            CumulativeLengths = [.. Enumerable.Range(0, rows + 1).Select(row => row * sequence)],
            LossTokens = rows * sequence,
        };
    }
}
