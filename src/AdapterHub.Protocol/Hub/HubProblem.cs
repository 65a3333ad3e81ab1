namespace AdapterHub.Protocol.Hub;

/// <summary>Why a request was not carried out, as RFC 9457 describes problem details.</summary>
public sealed record HubProblem
{
    public const string MediaType = "application/problem+json";

    /// <summary>Which kind of problem, as an address relative to the hub; <c>/api#not-found</c> and the like.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>For people: the thing, the value and what to do.</summary>
    public string? Detail { get; init; }

    /// <summary>Every single finding, where there are several.</summary>
    public IReadOnlyList<string>? Findings { get; init; }
}
