using System.Diagnostics;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Training;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Benchmarks;

/// <summary>
/// Several adapters in one pass over their base against the same adapters one after another, in turn in one process: the trainer's own steps, LoRA r 16 on
/// all linears, random weights. Memory is the allocator's peak of all steps, against one adapter alone.
/// </summary>
internal static class JointBenchmark
{
    private const int WarmUp = 5;

    internal static int Run(string shape, string device, int adapters, int batch, int sequence, int rounds, bool checkpointed)
    {
        var place = Device.Parse(device);
        using var model = TrainSpeed.Frozen(shape, place, place.IsCuda ? DType.BFloat16 : DType.Float32);
        Console.WriteLine($"{shape} on {device}, {adapters} adapters, each {batch} rows of {sequence} a step{(checkpointed ? ", activations checkpointed when together" : "")}");
        var steps = place.IsCuda ? 20 : 2;
        for (var round = 1; round <= rounds; round++)
        {
            var alone = Measure(model, 1, batch, sequence, steps, checkpointed: false);
            var together = Measure(model, adapters, batch, sequence, steps, checkpointed);
            Console.WriteLine($"round {round}: one after another {alone.Speed:F0} tok/s, peak {alone.Peak / (double)(1 << 30):F2} GiB; together {together.Speed:F0} tok/s, "
                + $"peak {together.Peak / (double)(1 << 30):F2} GiB; throughput {together.Speed / alone.Speed:F2}x, memory {together.Peak / (double)alone.Peak:F2}x");
        }

        return 0;
    }

    private static (double Speed, long Peak) Measure(CausalModel model, int adapters, int batch, int sequence, int steps, bool checkpointed)
    {
        var opened = new List<IDisposable>();
        try
        {
            var members = Enumerable.Range(0, adapters).Select(place =>
            {
                var view = model.Share();
                var target = AdapterTarget.Fresh(view, new PeftConfig { Rank = 16, LoraAlpha = 32, TargetModules = ModuleSelection.AllLinear }, seed: (ulong)place);
                var optimizer = new AdamW(target.Parameters, new AdamWSettings(0.9, 0.999, 1e-8, 0.01, 1));
                var history = new StepHistory(model.Device, steps + WarmUp + 3);
                var seat = new StepSeat(target, optimizer, history, (1, batch, sequence));
                opened.AddRange([view, target, optimizer, history, seat]);
                return (Target: target, Seat: seat);
            }).ToList();
            var batches = new[] { GpuBenchmark.RandomBatch(batch, sequence, model.Config.VocabularySize) };
            using var pass = new JointPass(model, members, checkpointed);
            Action<TorchException> failed = reason => Console.WriteLine($"not captured: {reason.Message}");
            using var step = adapters > 1 ? new TrainingStep([.. members.Select(member => member.Seat)], pass.Run, failed) : TrainingStep.Of(members[0].Seat, failed);
            TorchRuntime.ResetPeak(model.Device);
            Steps(WarmUp);
            var watch = Stopwatch.StartNew();
            Steps(steps);
            return ((double)steps * adapters * batch * sequence / watch.Elapsed.TotalSeconds, TorchRuntime.Memory(model.Device).PeakBytes);

            void Steps(int count)
            {
                for (var i = 0; i < count; i++)
                {
                    foreach (var (_, seat) in members)
                        seat.Fill(batches, 1e-4);
                    step.Run();
                }

                if (model.Device.IsCuda)
                    CudaRuntime.Synchronize(model.Device.Index);
            }
        }
        finally
        {
            opened.Reverse();
            opened.ForEach(thing => thing.Dispose());
            if (model.Device.IsCuda)
                CudaRuntime.EmptyCache();
        }
    }
}
