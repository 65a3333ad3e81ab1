using AdapterHub.Cli.Output;
using AdapterHub.Cli.Verbs;
using AdapterHub.Protocol.Inference;
using AdapterHub.Torch;
using AdapterHub.Worker;
using AdapterHub.Worker.Inference;

namespace AdapterHub.Cli.Serving;

/// <summary>The engine as the whole of this process.</summary>
internal static class EngineProcess
{
    public static async Task<int> RunAsync(Invocation invocation, EngineSettings settings)
    {
        var device = ComputePlace.FindDevice(settings.Device == "auto" ? CudaRuntime.DeviceCount > 0 ? "cuda" : "cpu" : settings.Device);
        var options = new EngineOptions
        {
            Device = device,
            Type = ComputePlace.FindType(settings.Type, device),
            MemoryBudget = settings.Memory ?? DefaultMemory(device),
            MostRows = settings.Rows >= 1 ? settings.Rows : throw new RunInputException($"--rows must be at least 1; it is {settings.Rows}."),
            WorkFolder = Path.Combine(CacheFolder.Path, "engine"),
        };
        await using var server = new EngineServer(options, settings.Listen, Environment.GetEnvironmentVariable(EngineServer.SecretVariable) ?? "", TimeProvider.System);
        await server.StartAsync(invocation.Stop).ConfigureAwait(false);
        if (invocation.IsJson)
            invocation.WriteJson(new EngineStarted(server.Address, Environment.ProcessId));
        else
            invocation.Terminal.Out.WriteLine($"The engine is at {server.Address}, on {device}. Ctrl-C ends it.");
        await WaitForEndAsync(settings.IsChild, invocation.Stop).ConfigureAwait(false);
        await server.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static long DefaultMemory(Device device) =>
        device.IsCuda ? CudaRuntime.GetDevice(device.Index).FreeBytes / 5 * 4 : (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - GC.GetGCMemoryInfo().MemoryLoadBytes) / 2;

    private static async Task WaitForEndAsync(bool isChild, CancellationToken stop)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(() => ended.TrySetResult()).ConfigureAwait(false);
        if (isChild)
            ParentWatch.Start(() => ended.TrySetResult());
        await ended.Task.ConfigureAwait(false);
    }
}
