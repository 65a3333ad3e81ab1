using System.Globalization;
using System.Text.Json;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Runs;

/// <summary>Runs to be started together.</summary>
/// <param name="Spec">What all have in common.</param>
/// <param name="Plan">What they differ in.</param>
/// <param name="Target">Its name, numbered, is that of each run's adapter.</param>
public sealed record NewSweep(TrainSpec Spec, SweepPlan Plan, RepositoryName Target)
{
    public string? Name { get; init; }
    public string? Owner { get; init; }
    public RepositoryVisibility TargetVisibility { get; init; } = RepositoryVisibility.Private;
    public bool IsPublic { get; init; }
    public int Priority { get; init; }

    /// <summary>Made once for each form or request: a second click starts nothing.</summary>
    public string? Key { get; init; }
}

/// <summary>Makes runs of a plan and starts them, all or none. For pages and the API alike.</summary>
public sealed class SweepLauncher(SweepDesk desk, RunLauncher runs, RunLimits limits)
{
    public int MostRuns => limits.RunsOfASweep;

    /// <exception cref="CatalogException">Invalid with every finding about plan and specs, and what <see cref="SweepDesk.StartAsync"/> throws.</exception>
    public async Task<StartedSweep> StartAsync(Actor actor, NewSweep asked, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(asked);
        var points = asked.Plan.Expand(asked.Spec, MostRuns, out var problems);
        if (problems.Count > 0)
            throw new CatalogException(CatalogFault.Invalid, string.Join(' ', problems), problems);
        var name = asked.Name is { Length: > 0 } given ? given : asked.Target.Name;
        var submissions = new List<(string, RunSubmission)>();
        for (var k = 0; k < points.Count; k++)
        {
            submissions.Add((points[k].Label, await runs.PrepareAsync(actor, new NewRun(points[k].Spec)
            {
                Name = Cut($"{name}: {points[k].Label}"), Owner = asked.Owner, Target = TargetOf(asked.Target, k, points.Count), TargetVisibility = asked.TargetVisibility,
                IsPublic = asked.IsPublic, Priority = asked.Priority,
            }, cancel)));
        }

        return await desk.StartAsync(actor, new SweepSubmission
        {
            Owner = asked.Owner ?? asked.Target.Owner, Name = Cut(name), RequestKey = asked.Key, Runs = submissions,
            PlanJson = JsonSerializer.Serialize(new SweepRequest(asked.Spec, asked.Plan, asked.Target.ToString()), SweepJson.Default.SweepRequest),
        }, cancel);
    }

    /// <summary>With as many digits as the last one has, so that they stand in order wherever names are sorted.</summary>
    private static RepositoryName TargetOf(RepositoryName target, int index, int count)
    {
        var digits = count.ToString(CultureInfo.InvariantCulture).Length;
        return RepositoryName.Of(target.Owner, $"{target.Name}-{(index + 1).ToString($"D{digits}", CultureInfo.InvariantCulture)}");
    }

    private static string Cut(string name) => name.Length <= RunLauncher.LongestName ? name : name[..(RunLauncher.LongestName - 1)] + "…";
}
