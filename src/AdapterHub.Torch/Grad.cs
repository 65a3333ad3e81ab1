using AdapterHub.Torch.Interop;

namespace AdapterHub.Torch;

/// <summary>Switches of autograd on this thread, for as long as the result lives.</summary>
public static class Grad
{
    /// <summary>Operators record nothing (<c>torch.no_grad</c>).</summary>
    public static IDisposable Disable() => new Mode(enabled: false);

    /// <summary>Operators record again inside a disabled stretch (<c>torch.enable_grad</c>).</summary>
    public static IDisposable Enable() => new Mode(enabled: true);

    /// <summary>As <see cref="Disable"/>, and tensors made inside can never enter autograd (<c>torch.inference_mode</c>).</summary>
    public static IDisposable Inference() => new InferenceMode();

    private sealed class Mode : IDisposable
    {
        private readonly int _previous;

        internal Mode(bool enabled) => Status.Check(Native.ah_grad_mode(enabled ? 1 : 0, out _previous));

        public void Dispose() => Status.Check(Native.ah_grad_mode(_previous, out _));
    }

    private sealed class InferenceMode : IDisposable
    {
        private nint _guard;

        internal InferenceMode() => Status.Check(Native.ah_inference_enter(out _guard));

        public void Dispose()
        {
            if (_guard != 0)
                Status.Check(Native.ah_inference_leave(_guard));
            _guard = 0;
        }
    }
}

public sealed partial class Tensor
{
    public bool RequiresGrad
    {
        get
        {
            Status.Check(Native.ah_requires_grad(Handle, out var value));
            GC.KeepAlive(this);
            return value != 0;
        }
        set
        {
            Status.Check(Native.ah_set_requires_grad(Handle, value ? 1 : 0));
            GC.KeepAlive(this);
        }
    }

    /// <summary>The accumulated gradient as a new handle, or null before any backward pass.</summary>
    public Tensor? Grad
    {
        get
        {
            Status.Check(Native.ah_grad(Handle, out var grad));
            GC.KeepAlive(this);
            return grad == 0 ? null : new Tensor(grad);
        }
        set
        {
            Status.Check(Native.ah_set_grad(Handle, value is null ? 0 : value.Handle));
            GC.KeepAlive(this);
            GC.KeepAlive(value);
        }
    }

    /// <summary>Back-propagates from this tensor; <paramref name="gradient"/> is needed unless it holds one element.</summary>
    public void Backward(Tensor? gradient = null)
    {
        if (gradient is null && Count != 1)
            throw new InvalidOperationException($"Backward from {this} needs the gradient that flows into it: it holds more than one element.");
        TensorMemory.Backward([this], [gradient]);
    }

    /// <summary>Back-propagates from several tensors in one pass, each with the gradient that flows into it.</summary>
    public static void Backward(ReadOnlySpan<Tensor> roots, ReadOnlySpan<Tensor?> gradients) => TensorMemory.Backward(roots, gradients);
}
