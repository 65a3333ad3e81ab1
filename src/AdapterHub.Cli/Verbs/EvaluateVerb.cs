using System.CommandLine;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Verbs;

/// <summary>Perplexity on text, file by file and over all.</summary>
internal sealed class EvaluateVerb() : RunVerb("evaluate", "measures the perplexity of a base model, with or without adapters, on text files")
{
    private static readonly EvaluateSpec Defaults = new() { Base = "", Data = new TextSource { Files = [] } };
    private readonly Option<string> _base = Flag.Required("--base", "NAME|DIR", "base model: a known name such as inkwell, or a model folder");
    private readonly Option<string[]> _adapters = Flag.Many("--adapter", "DIR[=WEIGHT]", "adapter folder and how much of it; may be repeated (default: none)");
    private readonly Option<bool> _compare = Flag.Switch("--compare", "measure the base without its adapters too");
    private readonly Option<int?> _sequence = Flag.Number<int>("--seq", "TOKENS", "tokens of one row (default: the base's context, at most 512)");
    private readonly Option<int> _batch = Flag.Number("--batch", "ROWS", "rows measured at once", Defaults.BatchSize);
    private readonly Option<string> _device = LoopFlags.DeviceFlag();
    private readonly Option<string> _dtype = LoopFlags.DTypeFlag();
    private readonly TextFlags _text = new();

    public override IReadOnlyList<FlagGroup> Groups => [new("Model", [_base, _adapters, _compare]), _text.Group, new("Machine", [_sequence, _batch, _device, _dtype])];

    public override IReadOnlyList<string> Examples => ["adapterhub evaluate --base inkwell --adapter my-adapter --data held-out.txt"];

    protected override RunSpec ReadSpec(Invocation invocation) => new EvaluateSpec
    {
        Base = invocation.Get(_base),
        Adapters = invocation.Parse.GetResult(_adapters) is null ? [] : [.. invocation.Get(_adapters).Select(AdapterChoice.Parse)],
        Compare = invocation.Get(_compare),
        Data = _text.Read(invocation),
        SequenceLength = invocation.Get(_sequence),
        BatchSize = invocation.Get(_batch),
        Device = invocation.Get(_device),
        DType = invocation.Get(_dtype).ToLowerInvariant(),
    };
}
