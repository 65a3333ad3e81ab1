using System.Globalization;
using AdapterHub.Benchmarks;
using AdapterHub.Torch;

return args switch
{
    ["cpu", var script, .. var rounds] => CpuBenchmark.Run(script, rounds.Length > 0 ? int.Parse(rounds[0], CultureInfo.InvariantCulture) : 3),
    ["call"] => CallBenchmark.Run(),
    ["blend", .. var settings] => BlendBenchmark.Run(settings.ElementAtOrDefault(0) ?? "cpu", int.Parse(settings.ElementAtOrDefault(1) ?? "3", CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("benchmarks: cpu SCRIPT [ROUNDS]   ours against a PyTorch script (shared/bench/torch_cpu.py), in turn\n            call                  one operator call through the shim\n            blend [DEVICE] [ROUNDS]  three adapters at the 1B shape into one");
    return 2;
}
