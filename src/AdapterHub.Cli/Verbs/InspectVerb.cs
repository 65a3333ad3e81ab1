using System.CommandLine;
using AdapterHub.Cli.Inspection;
using AdapterHub.Cli.Output;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>Looks into an adapter folder, a model folder or a safetensors file, without libtorch. An adapter that does not fit --base is exit code 2.</summary>
internal sealed class InspectVerb() : Verb("inspect", "shows what an adapter folder, a model folder or a safetensors file holds")
{
    private readonly Argument<string> _path = new("path") { HelpName = "PATH", Description = "adapter folder, model folder, .safetensors file, or the name of a base model" };
    private readonly Option<string?> _base = Flag.Text("--base", "NAME|DIR", "say which of the adapter's tensors fit this base model (default: do not look)");

    public override IReadOnlyList<Argument> Arguments => [_path];

    public override IReadOnlyList<FlagGroup> Groups => [new("Coverage", [_base])];

    public override IReadOnlyList<string> Examples => ["adapterhub inspect my-adapter --base inkwell"];

    protected override Task<int> RunAsync(Invocation invocation)
    {
        var path = invocation.Get(_path);
        if (PickleFiles.HasPickleName(path))
            throw PickleFiles.Refuse(path);
        if (File.Exists(path))
            return Task.FromResult(Show(invocation, FileInspection.Of(path), inspection => inspection.Show(invocation.Terminal)));
        if (Directory.Exists(path) && !File.Exists(Path.Combine(path, "config.json")))
            return Task.FromResult(ShowAdapter(invocation, path));
        if (!Directory.Exists(path) && path.Contains('/', StringComparison.Ordinal))
            throw new RunInputException($"{path}: there is no such file or folder.");
        return Task.FromResult(Show(invocation, ModelInspection.Of(BaseModels.OnThisMachine.Resolve(path)), inspection => inspection.Show(invocation.Terminal)));
    }

    private int ShowAdapter(Invocation invocation, string folder)
    {
        var adapter = PeftAdapterFolder.Read(folder);
        var fit = invocation.Get(_base) is { } name ? BaseFit.Of(BaseModels.OnThisMachine.Resolve(name), adapter) : null;
        Show(invocation, AdapterInspection.Of(folder, adapter, fit), inspection => inspection.Show(invocation.Terminal));
        return fit is null or { Misfits.Count: 0 } ? ExitCode.Ok : ExitCode.BadInput;
    }

    private static int Show<T>(Invocation invocation, T inspection, Action<T> show)
    {
        if (invocation.IsJson)
            invocation.WriteJson(inspection);
        else
            show(inspection);
        return ExitCode.Ok;
    }
}
