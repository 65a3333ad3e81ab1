using System.Text.Json;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Catalog.Storage;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Runs;

/// <summary>A run that a person asks for.</summary>
/// <param name="Spec">Its base and files are names of this hub, see <see cref="HubNewRun.Spec"/>.</param>
public sealed record NewRun(RunSpec Spec)
{
    public string? Name { get; init; }
    public string? Owner { get; init; }
    public RepositoryName? Target { get; init; }
    public RepositoryVisibility TargetVisibility { get; init; } = RepositoryVisibility.Private;
    public bool IsPublic { get; init; }
    public int Priority { get; init; }
    public IReadOnlyList<long> After { get; init; } = [];

    /// <summary>Texts that the adapter is measured on once it is trained, in a run that comes after this one; none for no such run.</summary>
    public IReadOnlyList<string> Evaluation { get; init; } = [];

    /// <summary>Made once for each form or request: a second click starts nothing.</summary>
    public string? Key { get; init; }
}

/// <summary>Starts runs: checks the spec, which the catalogue does not know, and hands over what it names. For pages and the API alike.</summary>
public sealed class RunLauncher(RunDesk desk, RunReader reader, BlendPlanner blends, BlobStore blobs)
{
    private const string Output = "output";
    private const int MostSamples = 20;
    private const int LongestSample = 4000;
    private const int MostCheckpoints = 10;
    private const int MostAdapters = 16;

    internal const int LongestName = 120;

    /// <exception cref="CatalogException">Invalid with every finding about the spec, and what <see cref="RunDesk.StartAsync"/> throws.</exception>
    public async Task<StartedRun> StartAsync(Actor actor, NewRun asked, CancellationToken cancel) => await desk.StartAsync(actor, await PrepareAsync(actor, asked, cancel), cancel);

    /// <summary>What the catalogue is asked to keep, once the spec was checked.</summary>
    internal async Task<RunSubmission> PrepareAsync(Actor actor, NewRun asked, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(asked);
        var name = asked.Name is { Length: > 0 } given ? given : asked.Target?.Name ?? (asked.Spec is BlendSpec ? "comparison" : "evaluation");
        var spec = Normalized(asked.Spec, name, asked.Target);
        Check(spec);
        if (spec is BlendSpec blend && await blends.FindProblemsAsync(actor, blend, cancel) is { Count: > 0 } problems)
            throw new CatalogException(CatalogFault.Invalid, string.Join(' ', problems), problems);
        if (asked.Evaluation.Count > 0 && spec is not TrainSpec)
            throw new CatalogException(CatalogFault.Invalid, "Only what is trained can be measured afterwards: evaluate goes with a spec of kind train.");
        return new RunSubmission
        {
            Then = spec is TrainSpec train && asked.Evaluation.Count > 0 ? id => Evaluation(train, asked, name, id) : null,
            Owner = asked.Owner ?? asked.Target?.Owner ?? actor.Name,
            Name = name,
            Kind = spec switch { TrainSpec => RunKind.Train, BlendSpec => RunKind.Blend, _ => RunKind.Evaluate },
            SpecJson = JsonSerializer.Serialize(spec, ProtocolJson.Default.RunSpec),
            Base = BaseOf(spec),
            Texts = TextsOf(spec),
            Adapters = spec switch { BlendSpec b => [.. b.Adapters.Select(parent => parent.Path)], EvaluateSpec e => [.. e.Adapters.Select(one => one.Path)], _ => [] },
            NeedsGpu = spec.Device.StartsWith("cuda", StringComparison.OrdinalIgnoreCase),
            IsPublic = asked.IsPublic,
            Priority = asked.Priority,
            After = asked.After,
            RequestKey = asked.Key,
            Target = asked.Target,
            TargetVisibility = asked.TargetVisibility,
        };
    }

    /// <summary>Measures what a run has trained, beside its base, on text read as the run reads its own.</summary>
    private static RunSubmission Evaluation(TrainSpec trained, NewRun asked, string name, long id)
    {
        const string suffix = ", measured";
        var title = (name.Length + suffix.Length <= LongestName ? name : name[..(LongestName - suffix.Length)]) + suffix;
        var spec = new EvaluateSpec
        {
            Name = title, Base = trained.Base, Device = trained.Device, Adapters = [new WeightedAdapter(RunResults.NameOf(id))], Compare = true,
            Data = trained.Data with { Files = asked.Evaluation, EvaluationFiles = [], EvaluationFraction = null },
        };
        Check(spec);
        return new RunSubmission
        {
            Owner = asked.Owner ?? asked.Target?.Owner ?? "", Name = title, Kind = RunKind.Evaluate, SpecJson = JsonSerializer.Serialize<RunSpec>(spec, ProtocolJson.Default.RunSpec),
            Base = spec.Base, Texts = asked.Evaluation, Adapters = [spec.Adapters[0].Path], NeedsGpu = spec.Device.StartsWith("cuda", StringComparison.OrdinalIgnoreCase),
            IsPublic = asked.IsPublic, Priority = asked.Priority, After = [id],
        };
    }

    /// <summary>Starts a run like another one, of newest revisions where it names none.</summary>
    /// <param name="name">Null takes the other's.</param>
    /// <param name="target">Null takes the other's: the adapter becomes its next revision.</param>
    public async Task<StartedRun> CloneAsync(Actor actor, long id, string? name, RepositoryName? target, string? key, CancellationToken cancel)
    {
        var detail = await reader.GetDetailAsync(actor, id, cancel);
        actor.RequireWrite($"clone run {id}");
        if (!detail.CanAct)
            throw new CatalogException(CatalogFault.Forbidden, $"You may not clone run {id}: it belongs to {detail.Run.Owner}.");
        var spec = ReadSpec(detail.SpecJson);
        return await StartAsync(actor, new NewRun(spec)
        {
            // What it reads of other runs it still comes after.
            After = spec is EvaluateSpec { Adapters: var adapters } ? [.. adapters.Select(adapter => RunResults.FindRun(adapter.Path)).OfType<long>()] : [],
            Name = name ?? detail.Run.Name, Owner = detail.Run.Owner, Target = target ?? (detail.Run.Target is { } same ? RepositoryName.Parse(same) : null),
            IsPublic = detail.Run.IsPublic, Priority = detail.Run.Priority, Key = key,
        }, cancel);
    }

    /// <summary>Keeps a text for a run to come, for a day; the answer is how a spec names it.</summary>
    /// <param name="name">Ends in .txt, .jsonl or .csv, which says how it is read.</param>
    public async Task<(string Reference, StoredBlob Blob)> ReceiveTextAsync(Actor actor, string name, Stream text, CancellationToken cancel)
    {
        if (!RepositoryName.IsValidPart(name) || Path.GetExtension(name).ToLowerInvariant() is not (".txt" or ".jsonl" or ".csv"))
            throw new CatalogException(CatalogFault.Invalid, $"\"{name}\" is no name for a text: letters, digits, '-', '_' and '.', ending in .txt, .jsonl or .csv.");
        if (!actor.IsSignedIn)
            throw new CatalogException(CatalogFault.SignInRequired, "Sign in to send a text.");
        var blob = await blobs.ReceiveAsync(actor, text, cancel: cancel);
        return ($"sha256:{blob.Digest}:{name}", blob);
    }

    /// <summary>A spec as it was kept.</summary>
    public static RunSpec ReadSpec(string json) => JsonSerializer.Deserialize(json, ProtocolJson.Default.RunSpec)!;

    /// <summary>Folders are the worker's affair, and whether it goes on or starts over the hub's.</summary>
    private static RunSpec Normalized(RunSpec spec, string name, RepositoryName? target) => spec switch
    {
        TrainSpec train => train with
        {
            Name = name, Output = Output, Overwrite = false, Resume = false, BaseName = null,
            Loop = train.Loop with { Keep = Math.Clamp(train.Loop.Keep, 1, MostCheckpoints), KeepCheckpoints = false },
        },
        EvaluateSpec evaluate => evaluate with { Name = name },
        BlendSpec blend => blend with
        {
            Name = name, Output = target is null ? "" : Output, Overwrite = false, Prove = (blend.Prove || target is not null) && blend.Base is { Length: > 0 },
            Folders = new Dictionary<string, string>(StringComparer.Ordinal),
        },
        _ => throw new CatalogException(CatalogFault.Invalid, "The hub's workers carry out runs of the kinds train, evaluate and blend."),
    };

    /// <exception cref="CatalogException">Invalid, with every finding.</exception>
    internal static void Check(RunSpec spec)
    {
        List<string> problems = [.. RunSpecRules.Check(spec is BlendSpec { Output: "" } measured ? measured with { Output = Output } : spec).Select(finding => $"{finding.Setting} {finding.Problem}.")];
        if (spec is BlendSpec blend)
            Check(blend, problems);
        if (spec is EvaluateSpec { Adapters.Count: > MostAdapters })
            problems.Add($"adapters are at most {MostAdapters}.");
        if (spec is TrainSpec { Loop.Samples: var samples } && (samples.Count > MostSamples || samples.Any(sample => sample.Length > LongestSample)))
            problems.Add($"loop.samples has at most {MostSamples} prompts of at most {LongestSample} characters.");
        if (problems.Count > 0)
            throw new CatalogException(CatalogFault.Invalid, string.Join(' ', problems), problems);
    }

    private static void Check(BlendSpec blend, List<string> problems)
    {
        if (blend.Recipe is not null)
            problems.Add("recipe is for the command line; give adapters, weights and method here.");
        if (blend.Adapters.Count > MostAdapters)
            problems.Add($"adapters are at most {MostAdapters}.");
        if (blend is { Output: "", Report: false, Learn: null, Prove: false })
            problems.Add("Say what the blend is for: a target, report, prove or learn.");
    }

    private static string BaseOf(RunSpec spec) => spec switch { TrainSpec train => train.Base, EvaluateSpec evaluate => evaluate.Base, BlendSpec { Base: { } name } => name, _ => "" };

    private static List<string> TextsOf(RunSpec spec)
    {
        var data = spec switch { TrainSpec train => train.Data, EvaluateSpec evaluate => evaluate.Data, BlendSpec blend => blend.Learn?.Data, _ => null };
        return data is null ? [] : [.. data.Files, .. data.EvaluationFiles];
    }
}
