using System.Globalization;
using AdapterHub.Benchmarks;
using AdapterHub.Benchmarks.Catalog;

return args switch
{
    ["cpu", var script, .. var rounds] => CpuBenchmark.Run(script, rounds.Length > 0 ? int.Parse(rounds[0], CultureInfo.InvariantCulture) : 3),
    ["gpu", .. var cases] => GpuBenchmark.Run(cases),
    ["call"] => CallBenchmark.Run(),
    ["blend", .. var settings] => BlendBenchmark.Run(settings.ElementAtOrDefault(0) ?? "cpu", int.Parse(settings.ElementAtOrDefault(1) ?? "3", CultureInfo.InvariantCulture)),
    ["lanes", .. var settings] => LaneBenchmark.Run(
        settings.ElementAtOrDefault(0) ?? "data/seed/models/inkwell", settings.ElementAtOrDefault(1) ?? "cpu",
        int.Parse(settings.ElementAtOrDefault(2) ?? "8", CultureInfo.InvariantCulture), int.Parse(settings.ElementAtOrDefault(3) ?? "3", CultureInfo.InvariantCulture),
        int.Parse(settings.ElementAtOrDefault(4) ?? "64", CultureInfo.InvariantCulture)),
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
                    lanes [MODEL] [DEVICE] [ROWS] [ROUNDS] [TOKENS]
                                             rows of different blends against rows of the base; MODEL a folder or a shape
                    catalog [COUNT] [DIR]    1000 searches over a generated catalogue, kept in DIR if given
        """);
    return 2;
}
