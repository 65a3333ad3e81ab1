using System.Text.Json;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Protocol.Runs;

/// <summary>Training runs to be started together on a hub.</summary>
public sealed record HubNewSweep
{
    /// <summary>A spec of kind train, as in <see cref="HubNewRun.Spec"/>: what all runs have in common.</summary>
    public required JsonElement Spec { get; init; }

    /// <summary>Values by setting (<c>lora.rank</c>, or short <c>rank</c>); every combination is a run.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<JsonElement>>? Grid { get; init; }

    /// <summary>Or combinations one by one; each goes with all of the grid.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, JsonElement>>? List { get; init; }

    /// <summary>Absent takes the name of the target.</summary>
    public string? Name { get; init; }

    /// <summary>Whose runs they are; absent takes the owner of the target.</summary>
    public string? Owner { get; init; }

    /// <summary>Where the adapters are published: of <c>ada/devil</c>, <c>ada/devil-1</c> and so on, one a run.</summary>
    public required string Target { get; init; }

    /// <summary>Of repositories that are made; absent is private.</summary>
    public HubVisibility? Visibility { get; init; }

    /// <summary>Everybody may watch; only where everything that the runs read and write is public.</summary>
    public bool? Public { get; init; }

    /// <summary>As in <see cref="HubNewRun.Priority"/>.</summary>
    public int? Priority { get; init; }

    /// <summary>Of your choice: sent again with the same key, the request starts nothing new.</summary>
    public string? Key { get; init; }
}

/// <param name="Label">What sets the run apart.</param>
public sealed record HubSweepRun(string Label, HubRun Run);

/// <param name="Sweeps">Newest first.</param>
public sealed record HubSweepPage(IReadOnlyList<HubSweep> Sweeps, int Total);

/// <summary>A sweep as the caller sees it.</summary>
/// <param name="Best">The run with the lowest held-out loss so far; absent while nothing was measured.</param>
public sealed record HubSweep(long Id, string Name, string Owner, DateTimeOffset CreatedAt, IReadOnlyList<HubSweepRun> Runs, bool CanAct, string? User = null, long? Best = null);
