namespace AdapterHub.Protocol.Hub.Client;

/// <summary>A hub refused a request, cannot be reached, or sent something else than it had promised. The message is for people.</summary>
public sealed class HubClientException : Exception
{
    public HubClientException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    public HubClientException(HubProblem problem)
        : base(Word(problem)) => Problem = problem;

    /// <summary>What the hub answered; null where no answer came.</summary>
    public HubProblem? Problem { get; }

    /// <summary>Whether something else than the hub is at fault: what was asked for, a name, a token, the network.</summary>
    public bool IsInput => Problem is not { Status: >= 500 and not 507 };

    /// <summary>Every single reason, where there are several.</summary>
    public IReadOnlyList<string> Findings => Problem?.Findings ?? [];

    private static string Word(HubProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return problem.Detail is { Length: > 0 } detail ? detail : $"The hub answered {problem.Status} {problem.Title}.";
    }
}
