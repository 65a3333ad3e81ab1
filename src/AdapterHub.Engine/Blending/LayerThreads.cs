using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using AdapterHub.Engine.Blending.Methods;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending;

/// <summary>
/// Blends layers side by side on the CPU, each on one thread of libtorch and its BLAS: quicker than many threads on one small matrix, and the bytes
/// do not depend on the number of processors. A GPU takes one layer at a time where the products are its work; methods that go through every element
/// of a matrix do that on the processors, whatever the device.
/// </summary>
internal static class LayerThreads
{
    /// <summary>Layers in memory at once.</summary>
    private const int Most = 8;

    /// <summary>The results in the order of the layers, each as soon as it and all before it are there.</summary>
    public static IEnumerable<TResult> Run<TLayer, TResult>(IReadOnlyList<TLayer> layers, Func<TLayer, TResult> work, BlendContext context, CancellationToken cancellation)
    {
        var threads = Count(context.Recipe.Method, context.Device);
        return threads == 1 ? InTurn(layers, work, cancellation) : SideBySide(layers, work, threads, cancellation);
    }

    private static int Count(BlendMethod method, Device device) => method switch
    {
        // Stacking factors is copying, which needs no libtorch and gains nothing by threads.
        BlendMethod.Exact or BlendMethod.PeftLinear => 1,
        BlendMethod.LowRank or BlendMethod.TaskArithmetic or BlendMethod.Slerp or BlendMethod.KnotsTies when device.IsCuda => 1,
        _ => Math.Min(Most, Environment.ProcessorCount),
    };

    private static IEnumerable<TResult> InTurn<TLayer, TResult>(IReadOnlyList<TLayer> layers, Func<TLayer, TResult> work, CancellationToken cancellation)
    {
        foreach (var layer in layers)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return work(layer);
        }
    }

    private static IEnumerable<TResult> SideBySide<TLayer, TResult>(IReadOnlyList<TLayer> layers, Func<TLayer, TResult> work, int threads, CancellationToken cancellation)
    {
        // Held for the whole run: the setting of the BLAS is the process's, and a layer that ends must not change it under another.
        using var thread = TorchRuntime.UseOneThread();
        var results = Partitioner.Create(layers.ToArray(), loadBalance: true).AsParallel().AsOrdered().WithDegreeOfParallelism(threads).WithCancellation(cancellation)
            .WithMergeOptions(ParallelMergeOptions.NotBuffered).Select(work);
        using var each = results.GetEnumerator();
        while (Move(each))
            yield return each.Current;
    }

    /// <summary>One failure as it was thrown, not wrapped with those of other layers.</summary>
    private static bool Move<T>(IEnumerator<T> each)
    {
        try
        {
            return each.MoveNext();
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            throw;
        }
    }
}
