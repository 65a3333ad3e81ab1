namespace AdapterHub.Worker;

/// <summary>What was asked for cannot be done: a setting, a name or a file is at fault. The message says which and what to do.</summary>
public sealed class RunInputException : Exception
{
    public RunInputException(string message) : base(message) { }

    public RunInputException(string message, Exception inner) : base(message, inner) { }
}
