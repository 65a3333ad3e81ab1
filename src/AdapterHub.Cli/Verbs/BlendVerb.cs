using System.CommandLine;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Verbs;

/// <summary>Several adapters, each times a weight, into one.</summary>
internal sealed class BlendVerb() : RunVerb("blend", "adds adapters, each times its weight, into one adapter; says whether it is exact or what it loses")
{
    private readonly Argument<string[]> _adapters = new("adapters")
    {
        HelpName = "DIR=WEIGHT",
        Description = "adapter folder and its weight (default weight: 1); negative weights take away",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _output = Flag.Required("--out", "DIR", "folder of the blend, a PEFT adapter");
    private readonly Option<int?> _rank = Flag.Number<int>("--rank", "K", "largest rank of the blend: the best approximation of that rank (default: exact, the sum of the ranks)");
    private readonly Option<string> _dtype = Flag.Choice("--dtype", "type of the numbers written", "f32", "f32", "bf16", "f16");
    private readonly Option<int?> _savedFrom =
        Flag.Number<int>("--saved-modules-from", "N", "which adapter's whole tensors the blend takes, counted from 1 (default: refuse adapters that have some)");

    private readonly Option<string?> _recipe = Flag.Text("--recipe", "FILE", "blend.json of a blend, or its folder: make it again (default: none)");
    private readonly Option<string> _device = LoopFlags.DeviceFlag();
    private readonly Option<bool> _overwrite = Flag.Switch("--overwrite", "write into a folder that holds something already");

    public override IReadOnlyList<Argument> Arguments => [_adapters];

    public override IReadOnlyList<FlagGroup> Groups => [new("Blend", [_output, _rank, _dtype, _savedFrom, _recipe, _overwrite, _device])];

    public override IReadOnlyList<string> Examples =>
    [
        "adapterhub blend --out mix scripture=0.7 speeches=0.3",
        "adapterhub blend --out small scripture=1 speeches=-0.5 --rank 16",
        "adapterhub blend --out again --recipe mix",
    ];

    protected override RunSpec ReadSpec(Invocation invocation) => new BlendSpec
    {
        Output = invocation.Get(_output),
        Overwrite = invocation.Get(_overwrite),
        Adapters = [.. invocation.Get(_adapters).Select(AdapterChoice.Parse)],
        Rank = invocation.Get(_rank),
        DType = invocation.Get(_dtype).ToLowerInvariant(),
        SavedModulesFrom = invocation.Get(_savedFrom),
        Recipe = invocation.Get(_recipe),
        Device = invocation.Get(_device),
    };
}
