using System.Diagnostics;
using AdapterHub.Torch;

namespace AdapterHub.Benchmarks;

/// <summary>What one operator call costs: aten::add_ on one element, arguments passed, nothing allocated.</summary>
internal static class CallBenchmark
{
    internal static int Run()
    {
        const int calls = 200_000;
        using var a = Tensor.Ones([1]);
        using var b = Tensor.Ones([1]);
        var best = double.MaxValue;
        for (var round = 0; round < 10; round++)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < calls; i++)
                a.Add_(b);
            best = Math.Min(best, watch.Elapsed.TotalMicroseconds / calls);
        }

        Console.WriteLine($"aten::add_ on one element: {best:F2} us a call (best of 10 rounds of {calls})");
        return 0;
    }
}
