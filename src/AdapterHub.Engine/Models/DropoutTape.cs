using AdapterHub.Torch;

namespace AdapterHub.Engine.Models;

/// <summary>
/// What a layer's adapters drop, kept between a pass and the same pass run again by gradient checkpointing: another draw would give the gradients of
/// another function than the one whose loss was taken. A byte an element of each adapted layer's input, and nothing where nothing is dropped.
/// </summary>
internal sealed class DropoutTape : IDisposable
{
    [ThreadStatic]
    private static Use? _current;

    private readonly List<Tensor> _masks = [];

    /// <summary>Draws until disposed go onto the tape.</summary>
    public IDisposable Record() => new Use(this, isReplay: false);

    /// <summary>Draws until disposed come from the tape, in their order.</summary>
    public IDisposable Replay() => new Use(this, isReplay: true);

    /// <summary>Which elements of <paramref name="x"/> stay (bool, of its shape); null where no tape runs, and the product itself may draw.</summary>
    public static Tensor? Draw(Tensor x, double dropout) => dropout > 0 ? _current?.Next(x, dropout) : null;

    public void Dispose()
    {
        _masks.ForEach(mask => mask.Dispose());
        _masks.Clear();
    }

    private sealed class Use : IDisposable
    {
        private readonly DropoutTape _tape;
        private readonly bool _isReplay;
        private readonly Use? _outer = _current;
        private int _next;

        public Use(DropoutTape tape, bool isReplay)
        {
            (_tape, _isReplay) = (tape, isReplay);
            _current = this;
        }

        public Tensor Next(Tensor x, double dropout)
        {
            if (_isReplay)
                return _tape._masks[_next++];
            // It outlives the layer's own scope.
            var mask = TensorScope.Detach(Tensor.Empty(x.Shape, DType.Bool, x.Device).Bernoulli_(1 - dropout));
            _tape._masks.Add(mask);
            return mask;
        }

        public void Dispose() => _current = _outer;
    }
}
