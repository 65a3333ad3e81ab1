using System.Globalization;
using AdapterHub.Benchmarks;
using AdapterHub.Benchmarks.Catalog;

return args switch
{
    ["cpu", var script, .. var rounds] => CpuBenchmark.Run(script, rounds.Length > 0 ? int.Parse(rounds[0], CultureInfo.InvariantCulture) : 3),
    ["gpu", .. var cases] => GpuBenchmark.Run(cases),
    ["call"] => CallBenchmark.Run(),
    ["blend", .. var settings] => BlendBenchmark.Run(settings.ElementAtOrDefault(0) ?? "cpu", int.Parse(settings.ElementAtOrDefault(1) ?? "3", CultureInfo.InvariantCulture)),
    ["catalog", .. var settings] => await CatalogBenchmark.RunAsync(
        int.Parse(settings.ElementAtOrDefault(0) ?? "100000", CultureInfo.InvariantCulture), settings.ElementAtOrDefault(1)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        benchmarks: cpu SCRIPT [ROUNDS]      ours against a PyTorch script (shared/bench/torch_cpu.py), in turn
                    gpu [SHAPE ...]          the trainer's step and generation on a GPU
                    call                     one operator call through the shim
                    blend [DEVICE] [ROUNDS]  three adapters at the 1B shape into one
                    catalog [COUNT] [DIR]    1000 searches over a generated catalogue, kept in DIR if given
        """);
    return 2;
}
