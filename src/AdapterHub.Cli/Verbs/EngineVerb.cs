using System.CommandLine;
using System.Runtime.CompilerServices;
using AdapterHub.Cli.Serving;

namespace AdapterHub.Cli.Verbs;

/// <summary>Runs the engine process that a hub forwards lanes to. A hub starts its own; by hand it serves to look at one alone.</summary>
internal sealed class EngineVerb() : Verb("engine", "runs the engine that answers in lanes; a hub starts one by itself")
{
    private readonly Option<string> _listen = Flag.Text("--listen", "ADDRESS", "a socket as unix:/path, or a port of this machine", "http://127.0.0.1:0");
    private readonly Option<string> _device = Flag.Text("--device", "DEVICE", "cpu, cuda or cuda:N; auto takes a GPU where there is one", "auto");
    private readonly Option<string> _type = Flag.Choice("--dtype", "type of the weights in memory", "auto", "auto", "f32", "bf16", "f16");
    private readonly Option<long?> _memory = Flag.Number<long>("--memory", "BYTES", "what resident models may take together, such as 8G (default: half of what is free, on a GPU four fifths)");
    private readonly Option<int> _rows = Flag.Number("--rows", "N", "lanes of one model at work at the same time", 32);
    private readonly Option<bool> _child = Flag.Switch("--child", "end when standard input ends, so that the engine never outlives the hub that started it");

    public override IReadOnlyList<FlagGroup> Groups => [new("Engine", [_listen, _device, _type, _memory, _rows, _child])];

    public override IReadOnlyList<string> Examples => ["ADAPTERHUB_ENGINE_SECRET=0123456789abcdef adapterhub engine --listen unix:/run/user/1000/engine.sock --memory 8G"];

    protected override Task<int> RunAsync(Invocation invocation) => ServeAsync(invocation, new EngineSettings(
        invocation.Get(_listen), invocation.Get(_device), invocation.Get(_type), invocation.Get(_memory), invocation.Get(_rows), invocation.Get(_child)));

    // Only this call loads ASP.NET; the other verbs start without it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> ServeAsync(Invocation invocation, EngineSettings settings) => EngineProcess.RunAsync(invocation, settings);
}

/// <summary>The verb's flags.</summary>
internal sealed record EngineSettings(string Listen, string Device, string Type, long? Memory, int Rows, bool IsChild);
