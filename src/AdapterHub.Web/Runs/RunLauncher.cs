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

    /// <exception cref="CatalogException">Invalid with every finding about the spec, and what <see cref="RunDesk.StartAsync"/> throws.</exception>
    public async Task<StartedRun> StartAsync(Actor actor, NewRun asked, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(asked);
        var name = asked.Name is { Length: > 0 } given ? given : asked.Target?.Name ?? (asked.Spec is BlendSpec ? "comparison" : "evaluation");
        var spec = Normalized(asked.Spec, name, asked.Target);
        Check(spec);
        if (spec is BlendSpec blend && await blends.FindProblemsAsync(actor, blend, cancel) is { Count: > 0 } problems)
            throw new CatalogException(CatalogFault.Invalid, string.Join(' ', problems), problems);
        return await desk.StartAsync(actor, new RunSubmission
        {
            Owner = asked.Owner ?? asked.Target?.Owner ?? actor.Name,
            Name = name,
            Kind = spec switch { TrainSpec => RunKind.Train, BlendSpec => RunKind.Blend, _ => RunKind.Evaluate },
            SpecJson = JsonSerializer.Serialize(spec, ProtocolJson.Default.RunSpec),
            Base = BaseOf(spec),
            Texts = TextsOf(spec),
            Adapters = spec is BlendSpec { Adapters: var parents } ? [.. parents.Select(parent => parent.Path)] : [],
            NeedsGpu = spec.Device.StartsWith("cuda", StringComparison.OrdinalIgnoreCase),
            IsPublic = asked.IsPublic,
            Priority = asked.Priority,
            After = asked.After,
            RequestKey = asked.Key,
            Target = asked.Target,
            TargetVisibility = asked.TargetVisibility,
        }, cancel);
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
        return await StartAsync(actor, new NewRun(ReadSpec(detail.SpecJson))
        {
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

    private static void Check(RunSpec spec)
    {
        List<string> problems = [.. RunSpecRules.Check(spec is BlendSpec { Output: "" } measured ? measured with { Output = Output } : spec).Select(finding => $"{finding.Setting} {finding.Problem}.")];
        if (spec is BlendSpec blend)
            Check(blend, problems);
        if (spec is EvaluateSpec { Adapters.Count: > 0 })
            problems.Add("adapters cannot be given yet: a run measures a base model.");
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
