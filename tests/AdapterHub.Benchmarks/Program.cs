using System.Globalization;
using AdapterHub.Benchmarks;
using AdapterHub.Benchmarks.Catalog;
using AdapterHub.Benchmarks.Viewers;

return args switch
{
    ["cpu", var script, .. var rounds] => CpuBenchmark.Run(script, rounds.Length > 0 ? int.Parse(rounds[0], CultureInfo.InvariantCulture) : 3),
    ["gpu", .. var cases] => GpuBenchmark.Run(cases),
    ["call"] => CallBenchmark.Run(),
    ["blend", .. var settings] => BlendBenchmark.Run(settings.ElementAtOrDefault(0) ?? "cpu", int.Parse(settings.ElementAtOrDefault(1) ?? "3", CultureInfo.InvariantCulture)),
    ["lanes", .. var settings] => LaneBenchmark.Run(
        settings.ElementAtOrDefault(0) ?? "data/seed/models/inkwell", settings.ElementAtOrDefault(1) ?? "cpu",
        int.Parse(settings.ElementAtOrDefault(2) ?? "8", CultureInfo.InvariantCulture), int.Parse(settings.ElementAtOrDefault(3) ?? "3", CultureInfo.InvariantCulture),
        int.Parse(settings.ElementAtOrDefault(4) ?? "64", CultureInfo.InvariantCulture), settings.ElementAtOrDefault(5) == "greedy"),
    ["joint", .. var settings] => JointBenchmark.Run(
        settings.ElementAtOrDefault(0) ?? "12M", settings.ElementAtOrDefault(1) ?? "cpu", Whole(settings, 2, 4), Whole(settings, 3, 2), Whole(settings, 4, 128), Whole(settings, 5, 3),
        settings.ElementAtOrDefault(6) == "checkpointed"),
    ["catalog", .. var settings] => await CatalogBenchmark.RunAsync(
        int.Parse(settings.ElementAtOrDefault(0) ?? "100000", CultureInfo.InvariantCulture), settings.ElementAtOrDefault(1)),
    ["viewers", .. var settings] => await ViewersBenchmark.RunAsync(
        int.Parse(settings.ElementAtOrDefault(0) ?? "200", CultureInfo.InvariantCulture), int.Parse(settings.ElementAtOrDefault(1) ?? "600", CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Whole(string[] settings, int place, int otherwise) =>
    settings.Length > place ? int.Parse(settings[place], CultureInfo.InvariantCulture) : otherwise;

static int Usage()
{
    Console.Error.WriteLine("""
        benchmarks: cpu SCRIPT [ROUNDS]      ours against a PyTorch script (shared/bench/torch_cpu.py), in turn
                    gpu [SHAPE ...]          the trainer's step and generation on a GPU
                    call                     one operator call through the shim
                    blend [DEVICE] [ROUNDS]  three adapters at the 1B shape into one
                    lanes [MODEL] [DEVICE] [ROWS] [ROUNDS] [TOKENS] [greedy]
                                             rows of different blends against rows of the base; MODEL a folder or a shape
                    joint [SHAPE] [DEVICE] [ADAPTERS] [ROWS] [SEQUENCE] [ROUNDS] [checkpointed]
                                             adapters trained in one pass over their base against one after another
                    catalog [COUNT] [DIR]    1000 searches over a generated catalogue, kept in DIR if given
                    viewers [VIEWERS] [SECONDS]
                                             one run at 20 events a second and everybody who watches it (200, 600 s)
        """);
    return 2;
}
