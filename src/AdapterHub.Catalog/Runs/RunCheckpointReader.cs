using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>Hands out the adapter that lies in a checkpoint, to those who may act on its run: it is work under way, whoever may watch.</summary>
public sealed class RunCheckpointReader(IDbContextFactory<CatalogContext> contexts)
{
    /// <summary>Where a checkpoint keeps what it trained, in the form others read.</summary>
    private const string Folder = "adapter/";

    /// <summary>The adapter's files, by their names in a folder of their own.</summary>
    /// <exception cref="CatalogException">NotFound: the run, or a checkpoint of that step; Forbidden.</exception>
    public async Task<IReadOnlyList<RunStoredFile>> ReadAdapterAsync(Actor actor, long run, int step, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await RunAccess.RequireActableAsync(context, actor, run, "use a checkpoint of", cancel);
        var files = await context.RunCheckpointFiles.AsNoTracking().Where(file => context.RunCheckpoints.Any(c => c.Id == file.CheckpointId && c.RunId == run && c.Step == step))
            .OrderBy(file => file.Path).ToListAsync(cancel);
        var adapter = files.Where(file => file.Path.StartsWith(Folder, StringComparison.Ordinal)).Select(file => new RunStoredFile(file.Path[Folder.Length..], file.Digest, file.Length)).ToList();
        return adapter.Count > 0 ? adapter : throw CatalogException.NotFound($"An adapter in the checkpoint of step {step} of run {run}");
    }
}
