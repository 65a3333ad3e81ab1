using System.CommandLine;
using AdapterHub.Cli.Hub;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Verbs;

/// <summary>Several adapters, each times a weight, into one.</summary>
internal sealed class BlendVerb() : RunVerb("blend", "makes one adapter of several by weight; says whether it is exact or what it loses")
{
    private readonly Argument<string[]> _adapters = new("adapters")
    {
        HelpName = "DIR=WEIGHT",
        Description = "adapter folder, or OWNER/NAME of a hub, and its weight (default weight: 1); negative weights take away",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _output = Flag.Text("--out", "DIR", "folder of the blend, a PEFT adapter; with --report it can be left out (default: none)");
    private readonly Option<bool> _report = Flag.Switch("--report", "show first how the adapters get in each other's way; without --out nothing is written");
    private readonly Option<string?> _method = Flag.Text("--method", "NAME", $"{string.Join(", ", BlendSpec.Methods.Select(Hyphens))} (default: exact, or low-rank where --rank is given)");
    private readonly Option<int?> _rank = Flag.Number<int>("--rank", "K", "largest rank of the blend: the best approximation of that rank (default: all that the method makes)");
    private readonly Option<double?> _density = Flag.Number<double>("--density", "SHARE", $"share of the elements kept by {string.Join(", ", BlendSpec.PruningMethods.Select(Hyphens))} (default: 0.5)");
    private readonly Option<string> _sign = Flag.Choice("--majority-sign", "how ties elects a sign: by the sum of the values or the number of adapters", "total", "total", "frequency");
    private readonly Option<double> _scale = Flag.Number("--scale", "FACTOR", "multiplies the whole result", 1.0);
    private readonly Option<ulong> _seed = Flag.Number("--seed", "N", "decides which elements dare drops", 0UL);
    private readonly Option<string[]> _layers = Flag.Many("--layer-weight", "N:LAYERS=WEIGHT", "weight of the N-th adapter in some layers, such as 1:layers.0-3.mlp=0.2; may be repeated, first match counts");
    private readonly Option<string?> _base = Flag.Text("--base", "NAME|DIR", "base model, for --learn and for DoRA adapters, whose change needs it (default: the one those name)");
    private readonly Option<string> _dtype = Flag.Choice("--dtype", "type of the numbers written", "f32", "f32", "bf16", "f16");
    private readonly Option<int?> _savedFrom =
        Flag.Number<int>("--saved-modules-from", "N", "which adapter's whole tensors the blend takes, counted from 1 (default: refuse adapters that have some)");

    private readonly Option<string?> _recipe = Flag.Text("--recipe", "FILE", "blend.json of a blend, or its folder: make it again (default: none)");
    private readonly Option<bool> _prove = Flag.Switch("--prove", "measure on the base model, which --base names, how far the blend's logits are from those of its adapters");
    private readonly Option<string?> _license = Flag.Text("--license", "ID", "licence of the blend, for its card (default: none)");
    private readonly Option<string?> _name = Flag.Text("--name", "NAME", "title of the card (default: the name of the folder)");
    private readonly HubFlag _hub = new();
    private readonly Option<string> _device = LoopFlags.DeviceFlag();
    private readonly LearnFlags _learn = new();
    private readonly Option<bool> _overwrite = Flag.Switch("--overwrite", "write into a folder that holds something already");

    public override IReadOnlyList<Argument> Arguments => [_adapters];

    public override IReadOnlyList<FlagGroup> Groups => [new("Blend", [_output, _report, _method, _rank, _layers, _density, _sign, _scale, _seed, _base, _dtype, _savedFrom, _recipe, _prove, _name, _license, _overwrite, _device]), .. _learn.Groups, _hub.Group];

    public override IReadOnlyList<string> Examples =>
    [
        "adapterhub blend --out mix scripture=0.7 speeches=0.3",
        "adapterhub blend --out small scripture=1 speeches=-0.5 --rank 16",
        "adapterhub blend --out trimmed scripture=1 speeches=1 --method ties --density 0.3 --rank 16",
        "adapterhub blend --out halves scripture=1 speeches=0 --layer-weight 1:layers.4-=0 --layer-weight 2:layers.4-=1",
        "adapterhub blend --report scripture speeches",
        "adapterhub blend --out fitted scripture speeches --base inkwell --learn examples.txt",
        "adapterhub blend --out mix adapterhub/king-james=0.5 ada/limericks=0.5 --base inkwell --prove",
        "adapterhub blend --out again --recipe mix",
    ];

    protected override RunSpec ReadSpec(Invocation invocation) => new BlendSpec
    {
        Output = invocation.Get(_output) ?? "",
        Report = invocation.Get(_report),
        Overwrite = invocation.Get(_overwrite),
        Adapters = LayerWeights.Apply([.. invocation.Get(_adapters).Select(AdapterChoice.Parse)], invocation.Parse.GetResult(_layers) is null ? [] : invocation.Get(_layers)),
        Method = invocation.Get(_method),
        Rank = invocation.Get(_rank),
        Density = invocation.Get(_density),
        MajoritySign = invocation.Get(_sign).ToLowerInvariant(),
        Scale = invocation.Get(_scale),
        Seed = invocation.Get(_seed),
        Base = invocation.Get(_base),
        DType = invocation.Get(_dtype).ToLowerInvariant(),
        SavedModulesFrom = invocation.Get(_savedFrom),
        Learn = _learn.Read(invocation),
        Recipe = invocation.Get(_recipe),
        Prove = invocation.Get(_prove),
        Name = invocation.Get(_name),
        License = invocation.Get(_license),
        Device = invocation.Get(_device),
    };

    protected override async Task<RunSpec> PrepareAsync(Invocation invocation, RunSpec spec) =>
        await new HubParents(invocation, () => _hub.Connect(invocation)).LocateAsync((BlendSpec)spec).ConfigureAwait(false);

    private static string Hyphens(string name) => name.Replace('_', '-');
}
