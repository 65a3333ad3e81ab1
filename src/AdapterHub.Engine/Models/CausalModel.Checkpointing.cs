using AdapterHub.Torch;

namespace AdapterHub.Engine.Models;

/// <summary>
/// Gradient checkpointing (Chen et al. 2016): only what flows between layers is kept; each layer runs again, with autograd on,
/// when the backward pass reaches it, and drops what it dropped before.
/// </summary>
public sealed partial class CausalModel
{
    private readonly List<Segment> _segments = [];
    private LayerContext? _segmentContext;

    /// <summary>The backward pass of <see cref="Loss"/>; with <see cref="CheckpointActivations"/> it has to come through here.</summary>
    public void Backward(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        loss.Backward();
        var segments = _segments.ToArray();
        _segments.Clear();
        for (var i = segments.Length - 1; i >= 0; i--)
            Rerun(i, segments[i], i + 1 < segments.Length ? segments[i + 1].Inputs : segments[i].Last!);
    }

    private Tensor HiddenCheckpointed(Tensor ids, LayerContext context)
    {
        _segments.ForEach(segment => segment.Tape.Dispose());
        _segments.Clear();
        _segmentContext = context;
        Tensor residual = _embedding.Forward(ids, ComputeType), entry = residual;
        Tensor? branch = null;
        foreach (var layer in _layers)
        {
            var inputs = branch is null ? [Leaf(residual)] : new[] { Leaf(branch), Leaf(residual) };
            var tape = new DropoutTape();
            _segments.Add(new Segment(inputs, _segments.Count == 0 ? entry : null, tape));
            using (Grad.Disable())
            using (tape.Record())
                (branch, residual) = layer.Forward(branch is null ? null : inputs[0], inputs[^1], context);
        }

        Tensor[] last = [Leaf(branch!), Leaf(residual)];
        _segments[^1] = _segments[^1] with { Last = last };
        return FinalNorm(last[0], last[1]);
    }

    private void Rerun(int index, Segment segment, Tensor[] outputs)
    {
        using var scope = new TensorScope();
        using var tape = segment.Tape;
        using var replay = tape.Replay();
        var (branch, residual) = _layers[index].Forward(segment.Inputs.Length == 1 ? null : segment.Inputs[0], segment.Inputs[^1], _segmentContext!);
        Tensor.Backward([branch, residual], [outputs[0].Grad, outputs[1].Grad]);
        foreach (var output in outputs)
            output.Grad = null;
        if (index == 0 && segment.Entry is { RequiresGrad: true } entry)
            entry.Backward(segment.Inputs[0].Grad);
    }

    private static Tensor Leaf(Tensor tensor)
    {
        var leaf = tensor.Detach();
        leaf.RequiresGrad = true;
        return leaf;
    }

    private sealed record Segment(Tensor[] Inputs, Tensor? Entry, DropoutTape Tape)
    {
        public Tensor[]? Last { get; init; }
    }
}
