namespace AdapterHub.Protocol.Inference;

/// <summary>A model or an adapter as files on the engine's machine.</summary>
/// <param name="Name">What to call it in messages.</param>
public sealed record EngineSource(string Name)
{
    /// <summary>A folder with the files under their own names.</summary>
    public string? Folder { get; init; }

    /// <summary>Or each file by the name that it would have in a folder. Equal paths are taken for equal bytes: they are named by digest.</summary>
    public IReadOnlyDictionary<string, string>? Files { get; init; }
}

/// <summary>An adapter's part in a lane.</summary>
public sealed record EngineShare(EngineSource Adapter, double Weight)
{
    public IReadOnlyList<LaneLayerWeight> Layers { get; set; } = [];
}

/// <summary>One lane; without adapters the base itself.</summary>
public sealed record EngineLane(string Label, IReadOnlyList<EngineShare> Adapters)
{
    /// <summary>A conversation of its own instead of the request's prompt or messages.</summary>
    public IReadOnlyList<LaneMessage>? Messages { get; init; }
}

/// <summary>Work for the engine process: either a prompt or messages to be continued, or a text to be scored.</summary>
public sealed record EngineRequest
{
    /// <summary>Whose turn it is: users take turns, whatever each has waiting.</summary>
    public required string User { get; init; }

    public required EngineSource Base { get; init; }

    public required IReadOnlyList<EngineLane> Lanes { get; init; }

    public string? Prompt { get; init; }

    public IReadOnlyList<LaneMessage>? Messages { get; init; }

    /// <summary>A text to be scored instead of continued.</summary>
    public string? Text { get; init; }

    /// <summary>Or tokens after the prompt or the messages, to be scored instead of made.</summary>
    public IReadOnlyList<int>? Continuation { get; init; }

    public LaneSampling Sampling { get; set; } = new();

    public int Alternatives { get; init; }
}

/// <summary>Why the engine does not begin; the body of an answer other than 200.</summary>
public sealed record EngineProblem(LanesFault Fault, string Message);

/// <summary>A base model in the engine's memory.</summary>
/// <param name="Bytes">Weights, adapters, keys and values.</param>
/// <param name="Adapters">Adapters that are loaded beside it.</param>
/// <param name="Rows">Lanes at work.</param>
/// <param name="Waiting">Requests that wait.</param>
public sealed record EngineModel(string Name, long Bytes, int Adapters, int Rows, int Waiting);

/// <summary>The engine's state.</summary>
/// <param name="Device">"cpu" or "cuda:0".</param>
/// <param name="MemoryBudget">Bytes that resident models may take together.</param>
public sealed record EngineStatus(int ProcessId, string Device, long MemoryBudget, IReadOnlyList<EngineModel> Models);

/// <summary>The first line that a started engine writes.</summary>
public sealed record EngineStarted(string Address, int ProcessId);
