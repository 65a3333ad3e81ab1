namespace AdapterHub.Torch.Interop;

/// <summary>The one place where a native status becomes an exception.</summary>
internal static unsafe class Status
{
    internal const int Ok = 0;
    internal const int OutOfMemory = 2;
    internal const int NotFound = 3;
    internal const int Unsupported = 4;

    internal static void Check(int status, string? context = null)
    {
        if (status != Ok)
            throw ToException(status, context);
    }

    internal static TorchException ToException(int status, string? context)
    {
        var message = Native.Text(Native.ah_last_error());
        if (context is not null)
            message = $"{context}: {message}";
        return status switch
        {
            OutOfMemory => new TorchOutOfMemoryException(message),
            Unsupported => new TorchUnsupportedException(message),
            _ => new TorchException(message),
        };
    }
}
