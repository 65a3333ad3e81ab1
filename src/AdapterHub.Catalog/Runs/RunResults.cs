using System.Globalization;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>
/// Adapters that a run reads and another one is still to publish. A spec names them <c>run:17</c>; until run 17 has succeeded the source has no revision,
/// and in the transaction of its success it gets one, with the files.
/// </summary>
public static class RunResults
{
    private const string Prefix = "run:";

    /// <summary>How a spec names what a run publishes.</summary>
    public static string NameOf(long run) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{run}");

    /// <summary>The run that a reference means; null where it means something else.</summary>
    public static long? FindRun(string reference) => reference.StartsWith(Prefix, StringComparison.Ordinal)
        && long.TryParse(reference.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var run) ? run : null;

    internal static bool IsAwaited(RunSource source) => source is { Relation: LineageRelation.BlendParent, CommitId: null } && FindRun(source.Reference) is not null;

    /// <summary>Gives what a run has published to every run that waits for it.</summary>
    internal static async Task HandOverAsync(CatalogContext context, Run published, CancellationToken cancel)
    {
        var name = NameOf(published.Id);
        var waiting = await context.Runs.Include(r => r.Inputs).Include(r => r.Sources).AsSplitQuery()
            .Where(r => r.Sources.Any(s => s.Reference == name && s.Relation == LineageRelation.BlendParent && s.CommitId == null)).ToListAsync(cancel);
        foreach (var run in waiting)
            await TryHandOverAsync(context, published, run, cancel);
    }

    /// <summary>False where what was published is not there any more.</summary>
    internal static async Task<bool> TryHandOverAsync(CatalogContext context, Run published, Run run, CancellationToken cancel)
    {
        var name = NameOf(published.Id);
        var files = await context.CommitFiles
            .Where(file => context.Commits.Any(c => c.Key == file.CommitKey && c.RepositoryId == published.ResultRepositoryId && c.Id == published.ResultCommitId)
                && (file.Path == AdapterParts.ConfigPath || file.Path == AdapterParts.WeightsPath))
            .OrderBy(file => file.Path).Select(file => new { file.Path, file.Digest, file.Length }).ToListAsync(cancel);
        if (files.Count != 2)
            return false;
        foreach (var source in run.Sources.Where(source => source.Reference == name))
            (source.RepositoryId, source.CommitId) = (published.ResultRepositoryId, published.ResultCommitId);
        run.Inputs.AddRange(files.Select(file => new RunInput { Reference = name, Path = file.Path, Digest = file.Digest, Length = file.Length }));
        return true;
    }
}
