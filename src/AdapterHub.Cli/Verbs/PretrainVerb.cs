using System.CommandLine;
using AdapterHub.Protocol.Runs;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>A base model from random weights.</summary>
internal sealed class PretrainVerb(string[] commandLine) : RunVerb("pretrain", "trains a base model from random weights")
{
    private static readonly PretrainSpec Defaults = new() { Config = "", Tokenizer = "", Output = "", Data = new TextSource { Files = [] } };

    private readonly Option<string> _config =
        Flag.Required("--config", "FILE|PRESET", $"config.json of the model, or a preset: {string.Join(", ", ModelPresets.Names)}");

    private readonly Option<string> _tokenizer = Flag.Required("--tokenizer", "FILE", "tokenizer.json; `adapterhub train-tokenizer` makes one");
    private readonly Option<string> _output = Flag.Required("--out", "DIR", "folder of the model: config.json, *.safetensors, tokenizer.json");
    private readonly Option<string?> _name = Flag.Text("--name", "NAME", "what the model is called on its card (default: the name of --out)");
    private readonly Option<string?> _license = Flag.Text("--license", "SPDX", "licence on the model's card (default: none)");
    private readonly Option<string> _saveType = Flag.Choice("--save-dtype", "type of the weights written", Defaults.SaveDType, "bf16", "f16", "f32");
    private readonly Option<int> _shard = Flag.Number("--shard-mib", "MIB", "largest file of weights, in mebibytes", Defaults.ShardMebibytes);
    private readonly Option<string?> _description = Flag.Text("--description", "TEXT", "a paragraph about the model for its card (default: none)");
    private readonly TextFlags _text = new();
    private readonly LoopFlags _loop = new("1", "by the width of the model: 0.46 / width, from 1e-4 to 2e-3", "0.1", "32");

    public override IReadOnlyList<FlagGroup> Groups =>
        [new("Model", [_config, _tokenizer, _output, _name, _description, _license, _saveType, _shard]), _text.GroupWithHeldOut, .. _loop.Groups];

    public override IReadOnlyList<string> Examples =>
        ["adapterhub pretrain --config inkwell --tokenizer tokenizer.json --data corpus/ --epochs 3 --device cuda --out inkwell"];

    protected override RunSpec ReadSpec(Invocation invocation) => new PretrainSpec
    {
        Config = invocation.Get(_config),
        Tokenizer = invocation.Get(_tokenizer),
        Output = invocation.Get(_output),
        Name = invocation.Get(_name),
        Description = invocation.Get(_description),
        License = invocation.Get(_license),
        SaveDType = invocation.Get(_saveType).ToLowerInvariant(),
        ShardMebibytes = invocation.Get(_shard),
        Device = _loop.Device(invocation),
        Overwrite = _loop.Overwrites(invocation),
        Resume = _loop.Resumes(invocation),
        Data = _text.Read(invocation),
        Loop = _loop.Read(invocation),
    };

    protected override string? ResumeCommand(RunInterrupted interrupted) => Resumption.Command(commandLine, interrupted);
}
