using System.Runtime.InteropServices;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Torch;
using AdapterHub.Torch.Interop;

namespace AdapterHub.Engine.Training;

/// <summary>One forward pass of a step.</summary>
internal sealed record MicroBatch(PackedInput Input, Tensor Labels);

/// <summary>
/// Everything a step reads that changes from step to step, in one device buffer that keeps its address, so that a captured step can be replayed: one upload
/// fills it. Boundaries are padded to a fixed number of documents by repeating the last one, which adds documents of no length.
/// </summary>
internal sealed class StepInputs : IDisposable
{
    private static readonly Operator ViewAs = Operator.Get("aten::view", "dtype");
    private static readonly Operator Pin = Operator.Get("aten::pin_memory");
    private static readonly Operator CopyInPlace = Operator.Get("aten::copy_");
    private readonly Tensor _buffer;
    private readonly long[] _host;
    private readonly int _rows;
    private readonly int _sequence;
    private readonly int _documents;

    /// <param name="device">Of the model.</param>
    /// <param name="microBatches">Forward passes a step.</param>
    /// <param name="rows">B.</param>
    /// <param name="sequence">S.</param>
    /// <param name="documents">Room for this many a micro batch.</param>
    public StepInputs(Device device, int microBatches, int rows, int sequence, int documents)
    {
        (_rows, _sequence, _documents) = (rows, sequence, documents);
        _host = new long[checked(microBatches * SlotLongs + 1)];
        using var scope = new TensorScope();
        _buffer = Tensor.Zeros([_host.Length], DType.Int64, device);
        var slots = new MicroBatch[microBatches];
        for (var k = 0; k < microBatches; k++)
            slots[k] = Slot(k);
        MicroBatches = slots;
        var floats = ViewAs.Call(_buffer.Narrow(0, _host.Length - 1, 1), DType.Float32);
        Scale = floats.Narrow(0, 0, 1);
        Rate = floats.Narrow(0, 1, 1);
        foreach (var tensor in Owned)
            TensorScope.Detach(tensor);
    }

    public IReadOnlyList<MicroBatch> MicroBatches { get; }

    /// <summary>(1) f32: one over the loss tokens of the whole step, so that every token counts alike.</summary>
    public Tensor Scale { get; }

    /// <summary>(1) f32: the learning rate.</summary>
    public Tensor Rate { get; }

    private IEnumerable<Tensor> Owned => MicroBatches
        .SelectMany(slot => new[] { slot.Input.Ids, slot.Input.Positions, slot.Input.Cumulative, slot.Labels })
        .Concat([_buffer, Scale, Rate]);

    private int Positions => _rows * _sequence;

    private int BoundaryLongs => (_documents + 2) / 2;

    private int SlotLongs => 3 * Positions + BoundaryLongs;

    /// <summary>Whether the boundaries of these batches have room.</summary>
    public bool Fits(IReadOnlyList<TrainingBatch> batches) => batches.All(batch => batch.CumulativeLengths.Length <= _documents + 1);

    /// <summary>Uploads a step's batches; on a GPU behind the work that still reads the last ones, without waiting for it.</summary>
    public void Fill(IReadOnlyList<TrainingBatch> batches, double rate)
    {
        var host = _host.AsSpan();
        for (var k = 0; k < batches.Count; k++)
            Write(batches[k], host.Slice(k * SlotLongs, SlotLongs));
        var floats = MemoryMarshal.Cast<long, float>(host[^1..]);
        floats[0] = 1f / Math.Max(1, batches.Sum(batch => batch.LossTokens));
        floats[1] = (float)rate;
        using var source = Tensor.From<long>(host);
        if (!_buffer.Device.IsCuda)
        {
            _buffer.Copy_(source);
            return;
        }

        // Pinned memory comes from an allocator that reuses it only once the copy is over.
        using var pinned = Pin.Call(source);
        CopyInPlace.Invoke(_buffer, pinned, true);
    }

    public void Dispose()
    {
        foreach (var tensor in Owned)
            tensor.Dispose();
    }

    private MicroBatch Slot(int index)
    {
        var start = (long)index * SlotLongs;
        var boundaries = ViewAs.Call(_buffer.Narrow(0, start + 3L * Positions, BoundaryLongs), DType.Int32).Narrow(0, 0, _documents + 1);
        var input = new PackedInput(
            _buffer.Narrow(0, start, Positions), _buffer.Narrow(0, start + Positions, Positions), boundaries, _sequence);
        return new MicroBatch(input, _buffer.Narrow(0, start + 2L * Positions, Positions));
    }

    private void Write(TrainingBatch batch, Span<long> slot)
    {
        Widen(batch.InputIds, slot);
        Widen(batch.Positions, slot[Positions..]);
        Widen(batch.Labels, slot[(2 * Positions)..]);
        var boundaries = MemoryMarshal.Cast<long, int>(slot[(3 * Positions)..]);
        batch.CumulativeLengths.CopyTo(boundaries);
        boundaries[batch.CumulativeLengths.Length..].Fill(Positions);
    }

    private static void Widen(ReadOnlySpan<int> source, Span<long> target)
    {
        for (var k = 0; k < source.Length; k++)
            target[k] = source[k];
    }
}
