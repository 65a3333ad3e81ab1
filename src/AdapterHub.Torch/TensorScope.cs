namespace AdapterHub.Torch;

/// <summary>
/// Every tensor made on this thread while the scope is open is freed when it closes, unless moved out. Scopes nest; the
/// innermost owns. Close a scope on the thread that opened it.
/// </summary>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic] private static TensorScope? _current;
    private readonly TensorScope? _outer = _current;
    private readonly List<Tensor> _tensors = [];
    private bool _closed;

    public TensorScope() => _current = this;

    /// <summary>Tensors the scope would free now.</summary>
    public int Count => _tensors.Count(tensor => ReferenceEquals(tensor.Scope, this) && !tensor.IsDisposed);

    /// <summary>Hands a tensor to the enclosing scope, or to the caller alone where there is none.</summary>
    public Tensor MoveOut(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (ReferenceEquals(tensor.Scope, this))
        {
            tensor.Scope = _outer;
            _outer?._tensors.Add(tensor);
        }

        return tensor;
    }

    /// <summary>Takes a tensor out of every scope: from now on its owner frees it.</summary>
    public static Tensor Detach(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.Scope = null;
        return tensor;
    }

    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        if (!ReferenceEquals(_current, this))
            throw new InvalidOperationException("A tensor scope closes before the one inside it, or on another thread.");
        _current = _outer;
        foreach (var tensor in _tensors)
            if (ReferenceEquals(tensor.Scope, this))
                tensor.Dispose();
    }

    internal static TensorScope? Adopt(Tensor tensor)
    {
        _current?._tensors.Add(tensor);
        return _current;
    }
}
