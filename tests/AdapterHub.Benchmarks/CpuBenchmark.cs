using AdapterHub.Torch;

namespace AdapterHub.Benchmarks;

/// <summary>Ours and plain PyTorch on the same processors and shapes, in turn, with the ratio of each round.</summary>
internal static class CpuBenchmark
{
    internal static int Run(string script, int rounds)
    {
        Console.WriteLine($"libtorch {TorchRuntime.Version}, {TorchRuntime.Threads} threads; shape 12M-cpu, batch 8 x 256, LoRA r 16");
        for (var round = 1; round <= rounds; round++)
        {
            var (train, generate) = (TrainSpeed.TrainOnCpu("12M-cpu", 8, 256, 6), TrainSpeed.Generate("12M-cpu", Device.Cpu, DType.Float32, 128));
            Console.Write($"round {round}: ours {train:F0} trained, {generate:F0} generated tok/s");
            if (!File.Exists(script))
            {
                Console.WriteLine($"; {script} is absent, no peer");
                continue;
            }

            var peer = PythonPeer.Run("/usr/bin/python3", script);
            Console.WriteLine($"; peer {peer["train"]:F0} and {peer["generate"]:F0}; ratio {train / peer["train"]:F2} and {generate / peer["generate"]:F2}");
        }

        return 0;
    }
}
