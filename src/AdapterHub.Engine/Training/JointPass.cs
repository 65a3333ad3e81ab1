using AdapterHub.Engine.Models;
using AdapterHub.Torch;
using AdapterHub.Torch.Interop;

namespace AdapterHub.Engine.Training;

/// <summary>
/// One forward and backward pass of a shared base over the micro batches of several adapters laid end to end. Each adapter works on its own rows alone and
/// each has its own loss, so that its gradients are those it would have by itself.
/// </summary>
internal sealed class JointPass : IDisposable
{
    private static readonly Operator AddWhole = Operator.Get("aten::add", "Scalar");
    private readonly CausalModel _model;
    private readonly IReadOnlyList<StepSeat> _seats;
    private readonly long[] _starts;
    private readonly List<LoraJoint> _deltas = [];

    /// <param name="model">The base; its weights are shared.</param>
    /// <param name="members">Adapters over that base, and where their batches are.</param>
    /// <param name="checkpointed">Keep fewer activations and compute them again in the backward pass.</param>
    public JointPass(CausalModel model, IReadOnlyList<(AdapterTarget Target, StepSeat Seat)> members, bool checkpointed)
    {
        _model = model.Share();
        _model.CheckpointActivations = checkpointed;
        _seats = [.. members.Select(member => member.Seat)];
        _starts = new long[members.Count + 1];
        for (var i = 0; i < members.Count; i++)
            _starts[i + 1] = _starts[i] + Positions(_seats[i]);
        var modules = members.SelectMany((member, place) => member.Target.Binding.Parts.Select(part => (part.Path, part.Pair, Place: place)))
            .GroupBy(part => part.Path, StringComparer.Ordinal);
        foreach (var module in modules)
        {
            var delta = new LoraJoint([.. module.Select(part => (part.Pair, _starts[part.Place], Positions(_seats[part.Place])))]);
            _model.Linears[module.Key].Delta = delta;
            _deltas.Add(delta);
        }
    }

    public void Run(int microBatch)
    {
        var batches = _seats.Select(seat => seat.Inputs.MicroBatches[microBatch]).ToList();
        var boundaries = batches.Select((batch, place) => AddWhole.Call(batch.Input.Cumulative, _starts[place], 1L)).ToList();
        var input = new PackedInput(
            Tensor.Cat([.. batches.Select(batch => batch.Input.Ids)]), Tensor.Cat([.. batches.Select(batch => batch.Input.Positions)]), Tensor.Cat(boundaries),
            batches.Max(batch => batch.Input.Longest));
        var hidden = _model.Hidden(input);
        Tensor? total = null;
        for (var i = 0; i < batches.Count; i++)
        {
            var loss = _model.LossOf(hidden.Narrow(0, _starts[i], Positions(_seats[i])), batches[i].Labels, _seats[i].Inputs.Scale);
            _seats[i].Add(loss);
            total = total is null ? loss : total + loss;
        }

        _model.Backward(total!);
    }

    /// <summary>The weights stay: they are the base's.</summary>
    public void Dispose()
    {
        _model.Dispose();
        _deltas.ForEach(delta => delta.Dispose());
    }

    private static long Positions(StepSeat seat) => (long)seat.Shape.Rows * seat.Shape.Sequence;
}
