using System.Globalization;
using AdapterHub.Benchmarks;
using AdapterHub.Torch;

return args switch
{
    ["cpu", var script, .. var rounds] => CpuBenchmark.Run(script, rounds.Length > 0 ? int.Parse(rounds[0], CultureInfo.InvariantCulture) : 3),
    ["call"] => CallBenchmark.Run(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("benchmarks: cpu SCRIPT [ROUNDS]   ours against a PyTorch script (shared/bench/torch_cpu.py), in turn\n            call                  one operator call through the shim");
    return 2;
}
