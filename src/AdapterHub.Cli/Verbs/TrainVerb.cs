using System.CommandLine;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Verbs;

/// <summary>Real text in, a PEFT adapter folder out.</summary>
internal sealed class TrainVerb(string[] commandLine) : RunVerb("train", "trains a LoRA adapter on a base model from text files")
{
    private static readonly TrainSpec Defaults = new() { Base = "", Output = "", Data = new TextSource { Files = [] } };
    private readonly Option<string> _base = Flag.Required("--base", "NAME|DIR", "base model: a known name such as inkwell, or a model folder");
    private readonly Option<string> _output = Flag.Required("--out", "DIR", "folder of the adapter: adapter_config.json, adapter_model.safetensors, README.md");
    private readonly Option<string?> _name = Flag.Text("--name", "NAME", "what the adapter is called on its card (default: the name of --out)");
    private readonly Option<string?> _license = Flag.Text("--license", "SPDX", "licence on the adapter's card, such as cc0-1.0 (default: none)");
    private readonly Option<string?> _description = Flag.Text("--description", "TEXT", "a paragraph about the adapter for its card (default: none)");
    private readonly Option<string> _saveType = Flag.Choice("--save-dtype", "type of the factors written; they are trained in f32", Defaults.SaveDType, "f32", "bf16", "f16");
    private readonly TextFlags _text = new();
    private readonly LoraFlags _lora = new();
    private readonly LoopFlags _loop = new("3", "by the width of the base: 5e-4 (2000 / width)^0.781, from 2e-4 to 1e-3", "0", "8");

    public override IReadOnlyList<FlagGroup> Groups =>
        [new("Adapter and base", [_base, _output, _name, _description, _license, _saveType]), _text.GroupWithHeldOut, _lora.Group with { Title = "Shape of the adapter" }, .. _loop.Groups];

    public override IReadOnlyList<string> Examples =>
    [
        "adapterhub train --base inkwell --data speeches.txt --out my-adapter",
        "adapterhub train --base inkwell --data faq.jsonl --prompt-field question --completion-field answer --rank 8 --steps 200 --out faq",
    ];

    protected override RunSpec ReadSpec(Invocation invocation) => new TrainSpec
    {
        Base = invocation.Get(_base),
        Output = invocation.Get(_output),
        Name = invocation.Get(_name),
        Description = invocation.Get(_description),
        License = invocation.Get(_license),
        SaveDType = invocation.Get(_saveType).ToLowerInvariant(),
        Device = _loop.Device(invocation),
        Overwrite = _loop.Overwrites(invocation),
        Resume = _loop.Resumes(invocation),
        Data = _text.Read(invocation),
        Lora = _lora.Read(invocation),
        Loop = _loop.Read(invocation),
    };

    protected override string? ResumeCommand(RunInterrupted interrupted) => Resumption.Command(commandLine, interrupted);
}
