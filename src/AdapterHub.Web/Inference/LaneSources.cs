using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Catalog.Storage;
using AdapterHub.Protocol.Inference;
using AdapterHub.Web.Runs;

namespace AdapterHub.Web.Inference;

/// <summary>Turns names of repositories into the files that an engine reads, as far as the actor may read them.</summary>
internal sealed class LaneSources(RevisionReader revisions, RepositoryCatalog repositories, RunCheckpointReader checkpoints, BlobStore blobs)
{
    private const int MostLanes = 16;

    /// <exception cref="CatalogException">A repository is not there or hidden, is of another kind, or the lanes are not well-formed.</exception>
    public async Task<EngineRequest> ResolveAsync(Actor actor, LaneWork work, CancellationToken cancel)
    {
        if (work.Lanes.Count is 0 or > MostLanes)
            throw Invalid($"A request has 1 to {MostLanes} lanes; this one has {work.Lanes.Count}.");
        // An adapter stands in several lanes as a rule, and whoever moves a slider waits for this: each is looked up once, all at the same time.
        var adapters = work.Lanes.SelectMany(lane => lane.Adapters ?? []).Select(Name).Distinct().ToList();
        var looking = adapters.ConvertAll(adapter => FindAdapterAsync(actor, adapter.Repository, adapter.Revision, cancel));
        var model = FindModelAsync(actor, work, cancel);
        var sources = adapters.Zip(await Task.WhenAll(looking)).ToDictionary(found => found.First, found => found.Second);
        var lanes = work.Lanes.Select(lane => new EngineLane(lane.Label, [.. (lane.Adapters ?? []).Select(adapter => new EngineShare(sources[Name(adapter)], adapter.Weight ?? 1) { Layers = adapter.Layers ?? [] })])
        {
            Messages = lane.Messages,
        });
        return new EngineRequest { User = $"{actor.UserId}", Base = await model, Lanes = [.. lanes], Alternatives = work.Alternatives ?? 0 };
    }

    private static (string Repository, string? Revision) Name(LaneAdapter adapter) => (adapter.Repository, adapter.Revision);

    private Task<EngineSource> FindAdapterAsync(Actor actor, string repository, string? revision, CancellationToken cancel) => CheckpointName.Find(repository) is { } checkpoint
        ? FindAsync(actor, checkpoint, cancel)
        : FindAsync(actor, repository, revision, "adapter_config.json", "an adapter", cancel);

    private async Task<EngineSource> FindModelAsync(Actor actor, LaneWork work, CancellationToken cancel) =>
        await FindAsync(actor, work.Base ?? await FindBaseAsync(actor, work, cancel), work.BaseRevision, "config.json", "a base model", cancel);

    private async Task<string> FindBaseAsync(Actor actor, LaneWork work, CancellationToken cancel)
    {
        var first = work.Lanes.SelectMany(lane => lane.Adapters ?? []).FirstOrDefault()
            ?? throw Invalid("The request names no base model and no adapter that could name one; give base.");
        if (CheckpointName.Find(first.Repository) is not null)
            throw Invalid("A lane with a checkpoint names no base model by itself; give base.");
        var adapter = await repositories.GetAsync(actor, RepositoryName.Parse(first.Repository), cancel);
        return adapter.BaseRepository?.ToString()
            ?? throw Invalid($"{adapter.Name} declares {(adapter.BaseModel is { } named ? $"the base model {named}, which is not in this hub" : "no base model")}; give base.");
    }

    private async Task<EngineSource> FindAsync(Actor actor, string repository, string? revision, string needed, string kind, CancellationToken cancel)
    {
        var found = await revisions.GetRevisionAsync(actor, RepositoryName.Parse(repository), revision, cancel);
        if (found.Find(needed) is null)
            throw Invalid($"{repository} is not {kind}: it has no {needed}.");
        // What is needed to compute; cards and pictures would only make other links of the same model.
        var files = found.Files.Where(file => !file.Path.Contains('/', StringComparison.Ordinal)
            && (file.Path.EndsWith(".json", StringComparison.Ordinal) || file.Path.EndsWith(".safetensors", StringComparison.Ordinal) || file.Path.EndsWith(".jinja", StringComparison.Ordinal)));
        return new EngineSource(repository) { Files = files.ToDictionary(file => file.Path, file => blobs.PathOf(file.Digest), StringComparer.Ordinal) };
    }

    private async Task<EngineSource> FindAsync(Actor actor, CheckpointName checkpoint, CancellationToken cancel)
    {
        var files = await checkpoints.ReadAdapterAsync(actor, checkpoint.Run, checkpoint.Step, cancel);
        return new EngineSource($"step {checkpoint.Step} of run {checkpoint.Run}") { Files = files.ToDictionary(file => file.Path, file => blobs.PathOf(file.Digest), StringComparer.Ordinal) };
    }

    private static CatalogException Invalid(string message) => new(CatalogFault.Invalid, message);
}
