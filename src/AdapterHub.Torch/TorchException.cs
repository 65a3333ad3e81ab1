namespace AdapterHub.Torch;

/// <summary>libtorch refused a call. The message names the operator, the shapes it was given and libtorch's reason.</summary>
public class TorchException : Exception
{
    public TorchException(string message) : base(message) { }
    public TorchException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>The device's memory did not suffice; smaller batches or sequences may.</summary>
public sealed class TorchOutOfMemoryException(string message) : TorchException(message);

/// <summary>This machine's libtorch, or its lack of a GPU, does not allow the call.</summary>
public sealed class TorchUnsupportedException(string message) : TorchException(message);
