using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using AdapterHub.Engine.Training;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;

namespace AdapterHub.Worker.Leasing;

/// <summary>
/// The folder of one leased run: its inputs as links into the cache, the trainer's spec with the paths of this machine, the result and its checkpoints.
/// </summary>
internal sealed class RunFolder
{
    private const string SpecFile = "spec.json";
    private const string CheckpointPrefix = "step-";
    private readonly LeasedRun _lease;

    public RunFolder(string folder, LeasedRun lease)
    {
        Path = System.IO.Path.GetFullPath(folder);
        _lease = lease;
    }

    public string Path { get; }

    public string SpecPath => System.IO.Path.Combine(Path, SpecFile);

    public string Output => System.IO.Path.Combine(Path, "output");

    private string Checkpoints => System.IO.Path.Combine(Output, Trainer.CheckpointsName);

    /// <summary>Makes the folder anew and fetches what the run reads and where it goes on.</summary>
    public async Task PrepareAsync(WorkerClient client, HeldInputs inputs, CancellationToken cancel)
    {
        Delete();
        var references = References();
        foreach (var input in _lease.Inputs)
            await inputs.PlaceAsync(client, _lease, input, Inside(FolderOf(references, input.Reference), input.Path), cancel).ConfigureAwait(false);
        Directory.CreateDirectory(Path);
        foreach (var checkpoint in _lease.Checkpoints)
        {
            foreach (var file in checkpoint.Files)
            {
                var target = Inside(PathOf(checkpoint.Step), file.Path);
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
                await client.FetchAsync(_lease, file, target, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Writes the spec for the trainer: from the newest checkpoint where there is one.</summary>
    public RunSpec WriteSpec(Func<RunSpec, RunSpec>? change = null)
    {
        var spec = Localized(_lease.Spec.Deserialize(ProtocolJson.Default.RunSpec) ?? throw new RunInputException("The hub sent no spec."));
        spec = change?.Invoke(spec) ?? spec;
        File.WriteAllText(SpecPath, JsonSerializer.Serialize(spec, ProtocolJson.Default.RunSpec));
        return spec;
    }

    /// <summary>Steps whose checkpoints lie here, ascending.</summary>
    public IReadOnlyList<int> Steps() => !Directory.Exists(Checkpoints) ? [] : [.. Directory.EnumerateDirectories(Checkpoints, CheckpointPrefix + "*")
        .Select(folder => System.IO.Path.GetFileName(folder)[CheckpointPrefix.Length..])
        .Where(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .Select(text => int.Parse(text, CultureInfo.InvariantCulture)).Order()];

    public string PathOf(int step) => System.IO.Path.Combine(Checkpoints, string.Create(CultureInfo.InvariantCulture, $"{CheckpointPrefix}{step:D8}"));

    /// <summary>Files of the result, without checkpoints.</summary>
    public IEnumerable<string> ResultFiles() => Directory.EnumerateFiles(Output, "*", SearchOption.AllDirectories)
        .Where(file => !file.StartsWith(Checkpoints + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public static async Task<LeasedFile> DescribeAsync(string folder, string file, CancellationToken cancel)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel).ConfigureAwait(false));
        return new LeasedFile("", System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/'), digest, stream.Length);
    }

    public void Delete()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    private RunSpec Localized(RunSpec spec) => spec switch
    {
        TrainSpec train => train with
        {
            Base = BaseFolder, BaseName = _lease.BaseName, Output = Output, Overwrite = false, Resume = Steps().Count > 0, Data = Localized(train.Data),
            Loop = train.Loop with { KeepCheckpoints = true },
        },
        EvaluateSpec evaluate => evaluate with
        {
            Base = BaseFolder, Data = Localized(evaluate.Data), Adapters = [.. evaluate.Adapters.Select(adapter => adapter with { Path = AdapterFolder(adapter.Path) })],
        },
        BlendSpec blend => Localized(blend),
        _ => throw new RunInputException($"This worker does not carry out {spec.GetType().Name}."),
    };

    /// <summary>The names stay, for the recipe: adapters by the revisions that they were fixed to. Only where they lie is this machine's.</summary>
    private BlendSpec Localized(BlendSpec blend)
    {
        var references = References();
        var names = (_lease.Adapters ?? []).ToDictionary(adapter => adapter.Reference, adapter => $"{adapter.Reference.Split('@', 2)[0]}@{adapter.CommitId}", StringComparer.Ordinal);
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (reference, name) in names)
            folders[name] = FolderOf(references, reference);
        if (_lease.BaseName.Length > 0)
            folders[_lease.BaseName] = BaseFolder;
        return blend with
        {
            Output = blend.Output.Length > 0 ? Output : "", Overwrite = true, Recipe = null, Base = _lease.BaseName.Length > 0 ? _lease.BaseName : null, Folders = folders,
            Adapters = [.. blend.Adapters.Select(adapter => adapter with
            {
                Path = names.GetValueOrDefault(adapter.Path) ?? throw new RunInputException($"The hub did not say which revision of {adapter.Path} it means."),
            })],
            Learn = blend.Learn is { } learn ? learn with { Data = Localized(learn.Data) } : null,
        };
    }

    private string AdapterFolder(string reference) => References() is var references && references.Contains(reference) ? FolderOf(references, reference)
        : throw new RunInputException($"The hub did not send the adapter {reference}.");

    private string BaseFolder => FolderOf(References(), _lease.BaseReference);

    private TextSource Localized(TextSource data) => data with { Files = Local(data.Files), EvaluationFiles = Local(data.EvaluationFiles) };

    private List<string> Local(IReadOnlyList<string> names)
    {
        var references = References();
        return [.. names.SelectMany(name => _lease.Inputs.Where(input => input.Reference == name).Select(input => Inside(FolderOf(references, name), input.Path)))];
    }

    private List<string> References() => [.. _lease.Inputs.Select(input => input.Reference).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private string FolderOf(List<string> references, string reference) =>
        System.IO.Path.Combine(Path, "inputs", references.IndexOf(reference).ToString(CultureInfo.InvariantCulture));

    /// <summary>A hub is not trusted with names either: none leads out of the folder.</summary>
    private static string Inside(string folder, string path)
    {
        var full = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, path));
        return full.StartsWith(folder + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal) ? full
            : throw new RunInputException($"The hub names a file \"{path}\", which would not lie in the run's folder.");
    }
}
